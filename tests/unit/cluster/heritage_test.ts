import { deepEqual, equal } from "node:assert/strict";
import type { ClusterStore } from "../../../lib/cluster/store.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { Pod } from "../../../lib/model/cluster.ts";
import type { Endpoint } from "../../../lib/model/endpoint.ts";
import { makeStore, podRecord } from "../records.ts";

const a = "10.0.0.1" as IpAddress;
const b = "10.0.0.2" as IpAddress;
const web = podRecord("web", { addresses: [a] });

function endpointOf({ name, uid }: Pod, containerID: string, ...ips: IpAddress[]): Endpoint {
  const link = { hostInterface: `veth${containerID}`, bridge: "", netns: "", ifName: "eth0" };
  return { containerID, podNamespace: "shop", podName: name, podUID: uid, ips, ...link };
}

function tell(store: ClusterStore, ...pods: readonly Pod[]): void {
  const { pods: kind, ...others } = store.sinks;
  kind.replace(pods, 1);
  for (const other of Object.values(others)) other.replace([], 1);
}

/** Another agent, which knows what is written down, and is told of pods before or after that. */
function nextOf(before: ClusterStore, isToldFirst: boolean, ...pods: readonly Pod[]): ClusterStore {
  const { store } = makeStore();
  if (isToldFirst) tell(store, ...pods);
  store.restore(before.heritage);
  for (const endpoint of before.endpoints.values()) store.restoreEndpoint(endpoint, () => {});
  if (!isToldFirst) tell(store, ...pods);
  return store;
}

for (const isToldFirst of [false, true]) {
  const when = isToldFirst ? "after" : "before";
  Deno.test(`that a DEL ended an address is known to an agent that reads it ${when} the API is`, () => {
    const { store } = makeStore();
    tell(store, web);
    store.announce(endpointOf(web, "1", a), () => {});
    store.retire({ containerID: "1", ifName: "eth0" });
    const next = nextOf(store, isToldFirst, web);
    deepEqual([next.owners.size, next.departed.size], [0, 0]);
    const namesake = podRecord("web", { addresses: [a], uid: "another" });
    deepEqual([...nextOf(store, isToldFirst, namesake).owners], [[a, namesake]]);
    const last = nextOf(next, isToldFirst, web);
    last.announce(endpointOf(web, "2", a), () => {});
    deepEqual([...last.owners], [[a, web]], "until an ADD gives it to the pod again");
    deepEqual(last.heritage.ended, []);
  });

  Deno.test(`what a sandbox lost to another it has no more, also where it is read ${when} the API`, () => {
    const { store } = makeStore();
    const db = podRecord("db");
    tell(store, web, db);
    store.announce(endpointOf(web, "1", a, b), () => {});
    store.announce(endpointOf(db, "2", a), () => {});
    store.retire({ containerID: "2", ifName: "eth0" });
    deepEqual([...nextOf(store, isToldFirst, web, db).owners], [[b, web]]);
  });
}

for (const others of [[], ["db"]]) {
  const who = ["web", ...others, "web"].join(", then ");
  Deno.test(`an address of ${who}: the last has it, however many agents follow`, () => {
    const { store } = makeStore();
    const pods = [web, ...others.map((name) => podRecord(name))];
    tell(store, ...pods);
    for (const [i, pod] of [...pods, web].entries()) {
      store.announce(endpointOf(pod, `${i}`, a), () => {});
    }
    let next = store;
    for (let agents = 1; agents <= 3; agents++) {
      next = nextOf(next, false, ...pods);
      deepEqual([...next.owners], [[a, web]], `agent ${agents}`);
      deepEqual(next.interfaces.at(-1)?.addresses, [a], `agent ${agents}`);
    }
  });
}

Deno.test("a DEL before the API has told of the pod ends its claim, too", () => {
  const { store } = makeStore();
  store.restoreEndpoint(endpointOf(web, "1", a), () => {});
  store.retire({ containerID: "1", ifName: "eth0" });
  tell(store, web);
  equal(store.owners.size, 0);
});

Deno.test("ended addresses are forgotten when the API shows them no longer", () => {
  const rows: readonly (readonly [string, readonly Pod[], number])[] = [
    ["the pod is as it was", [web], 1],
    ["it has ended", [{ ...web, ended: true, addresses: [] }], 0],
    ["it has another address", [{ ...web, addresses: [b] }], 0],
    ["it is gone", [], 0],
    ["another has its name", [{ ...web, uid: "another" }], 0],
  ];
  for (const [what, pods, expected] of rows) {
    const { store } = makeStore();
    tell(store, web);
    store.announce(endpointOf(web, "1", a), () => {});
    store.retire({ containerID: "1", ifName: "eth0" });
    tell(store, ...pods);
    equal(store.heritage.ended.length, expected, what);
    const next = nextOf(store, false, ...pods);
    equal(next.heritage.ended.length, expected, `${what}, and so the next agent finds it`);
  }
});

Deno.test("however many sandboxes end, a thousand pods are remembered, and of each a hundred addresses", () => {
  const { store } = makeStore();
  const end = (pod: Pod, i: number): void => {
    const ip = `10.1.${i >> 8}.${i & 255}` as IpAddress;
    store.announce(endpointOf(pod, "1", ip), () => {});
    store.retire({ containerID: "1", ifName: "eth0" });
  };
  for (let i = 0; i < 200; i++) end(web, i);
  deepEqual(store.heritage.ended.map(({ addresses }) => addresses.length), [100]);
  deepEqual(store.heritage.ended[0]?.addresses.at(-1), "10.1.0.199");
  for (let i = 0; i < 1200; i++) end(podRecord(`web-${i}`), i);
  equal(store.heritage.ended.length, 1000);
  equal(store.heritage.ended.at(-1)?.name, "web-1199");
});
