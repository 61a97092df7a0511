import { deepEqual, equal, ok } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { Pod } from "../../../lib/model/cluster.ts";
import { makeStore, podRecord } from "../records.ts";

const address = "10.0.0.1" as IpAddress;

function makePod(name: string, changes: Partial<Pod> = {}): Pod {
  return podRecord(name, { addresses: [address], ...changes });
}

Deno.test("the store is synced once every kind has been told whole", () => {
  const { store } = makeStore();
  const { policies, ...others } = store.sinks;
  for (const kind of Object.values(others)) kind.replace([], 1);
  equal(store.isSynced, false);
  policies.replace([], 1);
  equal(store.isSynced, true);
  deepEqual(store.changes.take(), [{ trigger: "sync", at: 1 }]);
});

Deno.test("NP-53: of several claimants the newest live pod owns an address", () => {
  const { store } = makeStore();
  const old = makePod("old", { createdAt: 1 });
  const young = makePod("young", { createdAt: 2 });
  store.sinks.pods.upsert(young, 1);
  store.sinks.pods.upsert(old, 2);
  equal(store.owners.get(address), young);
  store.sinks.pods.remove(young, 3);
  equal(store.owners.get(address), old);
});

Deno.test("NP-53: a pod that has ended gives its address to the one that lives", () => {
  const { store } = makeStore();
  store.sinks.pods.upsert(makePod("done", { createdAt: 2 }), 1);
  const living = makePod("living", { createdAt: 1 });
  store.sinks.pods.upsert(living, 2);
  store.sinks.pods.upsert(makePod("done", { createdAt: 2, ended: true }), 3);
  equal(store.owners.get(address), living);
  equal(store.departed.size, 0);
});

Deno.test("NP-44: a hostNetwork pod owns no address", () => {
  const { store } = makeStore();
  store.sinks.pods.upsert(makePod("host", { hostNetwork: true }), 1);
  equal(store.owners.size, 0);
});

Deno.test("NP-56: an address that a pod changes is followed", () => {
  const { store } = makeStore();
  const other = "10.0.0.2" as IpAddress;
  store.sinks.pods.upsert(makePod("web"), 1);
  const moved = makePod("web", { addresses: [other] });
  store.sinks.pods.upsert(moved, 2);
  deepEqual([...store.owners], [[other, moved]]);
  equal(store.departed.size, 0);
});

Deno.test("a pod of this node that leaves the API is reckoned with for a minute", () => {
  const { store, clock } = makeStore();
  const pod = makePod("web");
  store.sinks.pods.upsert(pod, 1);
  store.sinks.pods.remove(pod, 2);
  deepEqual([...store.departed], [[address, pod]]);
  clock.now = 59_999;
  store.expire();
  equal(store.departed.size, 1);
  store.changes.take();
  clock.now = 60_000;
  store.expire();
  equal(store.departed.size, 0);
  deepEqual(store.changes.take().map(({ trigger }) => trigger), ["expiry"]);
});

Deno.test("a departed pod's address is another's as soon as another has it", () => {
  const { store } = makeStore();
  const pod = makePod("web");
  store.sinks.pods.upsert(pod, 1);
  store.sinks.pods.remove(pod, 2);
  store.sinks.pods.upsert(makePod("elsewhere", { nodeName: "there" }), 3);
  equal(store.departed.size, 0);
});

Deno.test("a pod recreated under the same name leaves its old address as departed", () => {
  const { store } = makeStore();
  const old = makePod("web-0", { uid: "1" });
  store.sinks.pods.upsert(old, 1);
  store.sinks.pods.upsert(makePod("web-0", { uid: "2", addresses: [] }), 2);
  deepEqual([...store.departed], [[address, old]]);
});

Deno.test("pods of other nodes, ended ones and hostNetwork ones do not depart", () => {
  const { store } = makeStore();
  for (
    const pod of [
      makePod("there", { nodeName: "there" }),
      makePod("ended", { ended: true }),
      makePod("host", { hostNetwork: true }),
    ]
  ) {
    store.sinks.pods.upsert(pod, 1);
    store.sinks.pods.remove(pod, 2);
  }
  equal(store.departed.size, 0);
});

Deno.test("what is missing when a kind is told again is gone", () => {
  const { store } = makeStore();
  const [a, b] = [makePod("a"), makePod("b", { addresses: ["10.0.0.2" as IpAddress] })];
  store.sinks.pods.replace([a, b], 1);
  store.sinks.pods.replace([b], 2);
  deepEqual([...store.pods.values()], [b]);
  ok(!store.owners.has(address));
});

Deno.test("an object removed twice is one event", () => {
  const { store } = makeStore();
  const pod = makePod("a");
  store.sinks.pods.upsert(pod, 1);
  store.sinks.pods.remove(pod, 2);
  store.sinks.pods.remove(pod, 3);
  deepEqual(store.changes.take().map(({ at }) => at), [1, 2]);
});

Deno.test("changes that did not reach the kernel come back in front of later ones", () => {
  const { store } = makeStore();
  store.changes.add("pod", 1);
  const taken = store.changes.take();
  store.changes.add("policy", 2);
  store.changes.giveBack(taken);
  deepEqual(store.changes.take().map(({ at }) => at), [1, 2]);
});

Deno.test("what was touched is told once, by name, with who owned an address at the last look", () => {
  const { store } = makeStore();
  const pod = makePod("web");
  store.sinks.pods.upsert(pod, 1);
  equal(store.touches.take(), undefined, "at first it is everything");
  const next = { ...pod, labels: { app: "web" } };
  store.sinks.pods.upsert(next, 2);
  store.sinks.pods.remove(next, 3);
  store.sinks.pods.upsert(makePod("other"), 4);
  const touched = store.touches.take();
  deepEqual([...touched?.addresses ?? []], [[address, pod]]);
  deepEqual([...touched?.pods ?? []], ["shop/web", "shop/other"]);
  equal(store.touches.take()?.addresses.size, 0);
});

Deno.test("a departed pod's address is touched again when it is forgotten", () => {
  const { store, clock } = makeStore();
  const pod = makePod("web");
  store.sinks.pods.upsert(pod, 1);
  store.sinks.pods.remove(pod, 2);
  store.touches.take();
  clock.now = 60_000;
  store.expire();
  deepEqual([...store.touches.take()?.addresses.keys() ?? []], [address]);
});

Deno.test("an event that says what is known already is no change, touches nothing, and keeps the record", () => {
  const { store } = makeStore();
  const pod = makePod("web", { labels: { app: "web" } });
  store.sinks.pods.upsert(pod, 1);
  store.touches.take();
  store.changes.take();
  store.sinks.pods.upsert({ ...pod, labels: { ...pod.labels }, addresses: [address] }, 2);
  store.sinks.pods.replace([structuredClone(pod)], 3);
  equal(store.changes.size, 0);
  equal(store.touches.take()?.pods.size, 0);
  equal(store.owners.get(address), pod);
  store.sinks.pods.upsert({ ...pod, uid: "another" }, 4);
  equal(store.changes.size, 1);
});
