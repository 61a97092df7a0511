import { deepEqual, equal, notDeepEqual } from "node:assert/strict";
import type { ClusterStore } from "../../../lib/cluster/store.ts";
import { families } from "../../../lib/model/address.ts";
import { nothingTouched } from "../../../lib/model/touched.ts";
import { Desired } from "../../../lib/reconcile/desired.ts";
import { cluster, ipsOf } from "../../spec/cluster.ts";
import { type ApiObject, pod, policy } from "../../spec/objects.ts";
import { ToldStore } from "../../fuzz/history.ts";

const ofB = { podSelector: { matchLabels: { pod: "b" } } };
const closed = policy("x/closed", { podSelector: {}, ingress: [{ from: [ofB] }] });
const before: readonly ApiObject[] = cluster(closed);
/** The same, with x/b elsewhere. */
const after = cluster(closed, pod("x/b", { labels: { pod: "b" }, ips: ["10.0.1.99"], node: "n2" }));

function started(): {
  readonly told: ToldStore;
  readonly store: ClusterStore;
  readonly desired: Desired;
} {
  const told = new ToldStore("n1", before);
  const desired = new Desired("n1");
  desired.next(told.store, told.store.touches.take());
  return { told, store: told.store, desired };
}

function peers(desired: Desired, { store }: ToldStore): readonly string[] {
  return desired.plain(store).policy.addressSets
    .flatMap(({ addresses }) => families.flatMap((family) => addresses[family].flat()));
}

Deno.test("what is wanted next follows from what is touched", () => {
  const { told, store, desired } = started();
  deepEqual(peers(desired, told), ipsOf(1, 2));
  told.become(after, "once");
  const next = desired.next(store, store.touches.take());
  deepEqual(next.policy, desired.plain(store).policy);
  deepEqual(peers(desired, told), ["10.0.1.99"]);
  equal(desired.next(store, nothingTouched).listing, next.listing, "nothing is worked out twice");
});

Deno.test("worked out anew, what went astray is set right, and goes on rightly", () => {
  const { told, store, desired } = started();
  told.become(after, "once");
  store.touches.take(); // and nobody is told
  notDeepEqual(desired.next(store, nothingTouched).policy, desired.plain(store).policy);
  deepEqual(desired.checked(store, nothingTouched), desired.plain(store));
  told.become(before, "once");
  const next = desired.next(store, store.touches.take());
  deepEqual(next.policy, desired.plain(store).policy);
  const checked = desired.checked(store, nothingTouched);
  equal(checked.listing, next.listing, "where there is no difference all stays");
});
