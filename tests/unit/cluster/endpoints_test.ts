import { deepEqual, equal } from "node:assert/strict";
import { ClusterStore } from "../../../lib/cluster/store.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { Pod } from "../../../lib/model/cluster.ts";
import type { Endpoint } from "../../../lib/model/endpoint.ts";
import { makeStore, podRecord } from "../records.ts";

const a = "10.0.0.1" as IpAddress;
const b = "10.0.0.2" as IpAddress;

/** The sandbox `containerID` of a pod. */
function endpointOf(pod: Pod, containerID: string, ...ips: readonly IpAddress[]): Endpoint {
  const { namespace: podNamespace, name: podName, uid: podUID } = pod;
  const netns = `/run/netns/${containerID}`;
  const link = { hostInterface: `veth${containerID}`, bridge: "" };
  return { containerID, netns, ifName: "eth0", podNamespace, podName, podUID, ips, ...link };
}

const nothing = (): void => {};

Deno.test("NP-56: a pod owns the addresses that the CNI plugin announced, before the API has them", () => {
  const { store } = makeStore();
  const web = podRecord("web");
  store.sinks.pods.upsert(web, 1);
  store.changes.take();
  let enforced = 0;
  store.announce(endpointOf(web, "1", a, b), () => enforced++);
  deepEqual([...store.owners], [[a, web], [b, web]]);
  const [change] = store.changes.take();
  equal(change?.trigger, "cni");
  change?.enforced?.();
  equal(enforced, 1);
  const labelled = podRecord("web", { labels: { app: "web" } });
  store.sinks.pods.upsert(labelled, 2);
  deepEqual([...store.owners], [[a, labelled], [b, labelled]]);
});

Deno.test("a host's interface is known with what its pod may send from, from ADD to DEL", () => {
  const { store } = makeStore();
  const range = { family: "IPv4", first: 0n, last: 255n } as const;
  const web = podRecord("web");
  store.sinks.pods.upsert(web, 1);
  store.announce(endpointOf(web, "1", b, a), nothing);
  const before = store.interfaces;
  const known = { name: "veth1", bridge: "", podNamespace: "shop", podName: "web" };
  deepEqual(before, [{ ...known, addresses: [a, b], allowedSources: [] }]);
  store.sinks.pods.upsert(podRecord("web", { labels: { app: "web" } }), 2);
  equal(store.interfaces, before, "the same list while it says the same");
  store.sinks.pods.upsert(podRecord("web", { allowedSources: [range] }), 3);
  deepEqual(store.interfaces, [{ ...known, addresses: [a, b], allowedSources: [range] }]);
  store.sinks.pods.remove(web, 4);
  deepEqual(store.interfaces.length, 1, "also when the pod has left the API");
  store.retire({ containerID: "1", ifName: "eth0" });
  deepEqual(store.interfaces, []);
});

Deno.test("an interface's name is the newcomer's that was announced with it, and so stays after the other's DEL", () => {
  const { store } = makeStore();
  const [old, young] = [podRecord("old"), podRecord("young")];
  for (const pod of [old, young]) store.sinks.pods.upsert(pod, 1);
  store.announce({ ...endpointOf(old, "1", a), hostInterface: "veth9" }, nothing);
  store.announce({ ...endpointOf(young, "2", b), hostInterface: "veth9" }, nothing);
  const owners = (): readonly string[] => store.interfaces.map(({ podName }) => podName);
  deepEqual(owners(), ["young"]);
  store.retire({ containerID: "1", ifName: "eth0" });
  deepEqual(owners(), ["young"]);
  deepEqual(store.podsWithoutInterface, 0, "the old one has no address");
});

Deno.test("sources are asked for from the first routed interface on, and only where they are to be", () => {
  const web = podRecord("web");
  const answers = [true, false].map((antiSpoof) => {
    const store = new ClusterStore({ nodeName: "here", now: () => 0, antiSpoof });
    store.sinks.pods.upsert(web, 1);
    const before = store.checksSources;
    store.announce({ ...endpointOf(web, "1", a), hostInterface: "" }, nothing);
    store.announce({ ...endpointOf(web, "2", a), bridge: "cni0" }, nothing);
    const without = store.checksSources;
    store.announce(endpointOf(web, "3", a), nothing);
    const first = store.checksSources;
    store.retire({ containerID: "3", ifName: "eth0" });
    return [before, without, first, store.checksSources];
  });
  deepEqual(answers, [[false, false, true, true], [false, false, false, false]]);
});

Deno.test("from an address that is another's by now nothing may leave the sandbox that had it", () => {
  const { store } = makeStore();
  const [old, young] = [podRecord("old"), podRecord("young", { createdAt: 9 })];
  for (const pod of [old, young]) store.sinks.pods.upsert(pod, 1);
  const sources = (): unknown => store.interfaces.map(({ addresses }) => addresses);
  store.announce(endpointOf(old, "1", a, b), nothing);
  store.announce(endpointOf(young, "2", b), nothing);
  deepEqual(sources(), [[a], [b]]);
  store.sinks.pods.remove(old, 2);
  store.sinks.pods.upsert({ ...young, addresses: [a, b] }, 3);
  deepEqual(sources(), [[], [b]], "a newer pod has it, by the API");
});

Deno.test("pods with addresses whose interface nobody told of are counted", () => {
  const { store } = makeStore();
  const web = podRecord("web", { addresses: [a] });
  store.sinks.pods.upsert(web, 1);
  store.sinks.pods.upsert(podRecord("elsewhere", { addresses: [b], nodeName: "there" }), 1);
  store.sinks.pods.upsert(podRecord("pending"), 1);
  equal(store.podsWithoutInterface, 1);
  store.announce({ ...endpointOf(web, "1", a), hostInterface: "" }, nothing);
  equal(store.podsWithoutInterface, 1);
  store.announce(endpointOf(web, "1", a), nothing);
  equal(store.podsWithoutInterface, 0);
});

Deno.test("NP-53: the latest ADD owns an address, whoever the API says has it", () => {
  const { store } = makeStore();
  const old = podRecord("old", { addresses: [a], createdAt: 9, namespace: "another" });
  const young = podRecord("young");
  store.sinks.pods.upsert(old, 1);
  store.sinks.pods.upsert(young, 2);
  store.announce(endpointOf(young, "1", a), nothing);
  equal(store.owners.get(a), young);
  store.sinks.pods.upsert({ ...old, labels: { x: "y" } }, 3);
  equal(store.owners.get(a), young);
});

Deno.test("an address whose sandbox was replaced without a DEL is the newcomer's, also after it", () => {
  const { store } = makeStore();
  const [old, young] = [podRecord("old", { addresses: [a] }), podRecord("young")];
  for (const pod of [old, young]) store.sinks.pods.upsert(pod, 1);
  store.announce(endpointOf(old, "1", a), nothing);
  store.announce(endpointOf(young, "2", a), nothing);
  store.retire({ containerID: "1", ifName: "eth0" });
  equal(store.owners.get(a), young);
  store.retire({ containerID: "2", ifName: "eth0" });
  equal(store.owners.get(a), undefined, "nobody's: the older one has lost it");
});

Deno.test("a DEL takes the addresses at once, also while the API still shows the pod", () => {
  const { store } = makeStore();
  const web = podRecord("web", { addresses: [a] });
  store.sinks.pods.upsert(web, 1);
  store.announce(endpointOf(web, "1", a), nothing);
  store.changes.take();
  store.retire({ containerID: "1", ifName: "eth0" });
  deepEqual(store.changes.take().map(({ trigger }) => trigger), ["cni"]);
  const terminating = { ...web, labels: { still: "there" } };
  store.sinks.pods.upsert(terminating, 2);
  deepEqual([store.owners.size, store.departed.size], [0, 0]);
  store.sinks.pods.remove(terminating, 3);
  deepEqual([store.owners.size, store.departed.size], [0, 0]);
});

Deno.test("a sandbox made anew for the same pod has its own addresses, and no others", () => {
  const { store } = makeStore();
  const web = podRecord("web", { addresses: [a] });
  store.sinks.pods.upsert(web, 1);
  store.announce(endpointOf(web, "1", a), nothing);
  store.retire({ containerID: "1", ifName: "eth0" });
  store.announce(endpointOf(web, "2", b), nothing);
  deepEqual([...store.owners], [[b, web]]);
  store.announce(endpointOf(web, "3", a), nothing);
  store.retire({ containerID: "1", ifName: "eth0" }); // runtimes say it more than once
  deepEqual([...store.owners], [[b, web], [a, web]]);
});

Deno.test("a repeated ADD with other addresses gives up the former ones", () => {
  const { store } = makeStore();
  const web = podRecord("web");
  store.sinks.pods.upsert(web, 1);
  store.announce(endpointOf(web, "1", a), nothing);
  store.announce(endpointOf(web, "1", b), nothing);
  deepEqual([...store.owners], [[b, web]]);
  equal(store.endpoints.size, 1);
});

for (const [how, after] of [["leaves the API", undefined], ["ends", { ended: true }]] as const) {
  Deno.test(`a pod that ${how} keeps its last rules until its DEL, and no longer`, () => {
    const { store, clock } = makeStore();
    const web = podRecord("web", { addresses: [a] });
    store.sinks.pods.upsert(web, 1);
    store.announce(endpointOf(web, "1", a), nothing);
    if (after === undefined) store.sinks.pods.remove(web, 2);
    else store.sinks.pods.upsert({ ...web, ...after }, 2);
    clock.now = 600_000;
    store.expire();
    deepEqual([...store.departed], [[a, web]]);
    equal(store.owners.size, 0);
    store.retire({ containerID: "1", ifName: "eth0" });
    equal(store.departed.size, 0);
  });
}

Deno.test("NP-53: a departed pod's address is a newer pod's that the API says has it, not an older one's", () => {
  const { store } = makeStore();
  const web = podRecord("web", { createdAt: 5 });
  store.sinks.pods.upsert(web, 1);
  store.announce(endpointOf(web, "1", a), nothing);
  store.sinks.pods.remove(web, 2);
  store.sinks.pods.upsert(podRecord("older", { addresses: [a], createdAt: 4 }), 3);
  deepEqual([[...store.owners], [...store.departed]], [[], [[a, web]]]);
  const newer = podRecord("newer", { addresses: [a], createdAt: 6, nodeName: "there" });
  store.sinks.pods.upsert(newer, 4);
  deepEqual([[...store.owners], [...store.departed]], [[[a, newer]], []]);
  store.sinks.pods.remove(newer, 5);
  deepEqual([[...store.owners], [...store.departed]], [[], [[a, web]]]);
});

Deno.test("a pod made anew with the same name is not the one of the old sandbox", () => {
  const { store } = makeStore();
  const old = podRecord("web-0", { uid: "1" });
  store.sinks.pods.upsert(old, 1);
  store.announce(endpointOf(old, "1", a), nothing);
  const young = podRecord("web-0", { uid: "2" });
  store.sinks.pods.upsert(young, 2);
  deepEqual([[...store.owners], [...store.departed]], [[], [[a, old]]]);
  store.announce(endpointOf(young, "2", b), nothing);
  deepEqual([[...store.owners], [...store.departed]], [[[b, young]], [[a, old]]]);
});

Deno.test("a sandbox whose pod left while no agent ran is isolated, until the API knows better", () => {
  const { store } = makeStore();
  const web = podRecord("web");
  store.announce(endpointOf(web, "1", a), nothing);
  equal(store.departed.get(a)?.broken, true);
  equal(store.departed.get(a)?.nodeName, "here");
  store.sinks.pods.upsert(web, 1);
  deepEqual([[...store.owners], [...store.departed]], [[[a, web]], []]);
});

Deno.test("of an endpoint that seems to be gone the API has the word again, or else a minute passes", () => {
  const { store, clock } = makeStore();
  const [web, db] = [podRecord("web", { addresses: [a] }), podRecord("db")];
  for (const pod of [web, db]) store.sinks.pods.upsert(pod, 1);
  const [first, second] = [endpointOf(web, "1", a), endpointOf(db, "2", b)];
  for (const endpoint of [first, second]) store.announce(endpoint, nothing);
  for (const endpoint of [first, second]) store.forgetEndpoint(endpoint);
  deepEqual([[...store.owners], [...store.departed]], [[[a, web]], [[b, db]]]);
  clock.now = 60_000;
  store.expire();
  equal(store.departed.size, 0);
});

Deno.test("who waits for a pod hears of it, and of the end of the first sync", () => {
  const { store } = makeStore();
  const web = podRecord("web");
  let heard = 0;
  const end = store.objects.onPodOf(endpointOf(web, "1", a), () => heard++);
  store.sinks.pods.upsert(podRecord("other"), 1);
  equal(heard, 0);
  store.sinks.pods.upsert(web, 1);
  equal(heard, 1);
  for (const kind of Object.values(store.sinks)) kind.replace([], 1);
  equal(heard, 3, "gone by the replace, and synced");
  end();
  store.sinks.pods.upsert(web, 1);
  equal(heard, 3);
});
