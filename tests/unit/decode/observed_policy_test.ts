import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeClusterNetworkPolicy } from "../../../lib/decode/cluster_network_policy.ts";
import type { Decoded } from "../../../lib/decode/decode.ts";
import { decodeObservedPolicy } from "../../../lib/decode/observed_policy.ts";
import type { ObservedPolicy } from "../../../lib/model/observed_policy.ts";
import { makeClusterPolicy } from "./cluster_objects.ts";
import { anything, mutationsOf } from "./mutations.ts";

const time = "2026-01-01T00:00:00Z";
const accepted = {
  ...{ type: "Accepted", status: "True", reason: "Accepted", message: "fine" },
  ...{ observedGeneration: 3, lastTransitionTime: time },
};
const conflict = { ...accepted, type: "PriorityConflict", status: "False" };
const foreign = { ...accepted, type: "example.com/Ready" };

/** A policy with this status, as the API sends it. */
function withStatus(status: unknown): unknown {
  const { spec, ...object } = makeClusterPolicy();
  const metadata = { name: "web", uid: "1", generation: 3, resourceVersion: "77" };
  return { ...object, metadata, spec, status };
}

function decode(value: unknown): Decoded<ObservedPolicy> {
  return decodeObservedPolicy(value, decodeClusterNetworkPolicy);
}

Deno.test("CNP-27: of a status our own conditions are kept, in their order, and nothing of others", () => {
  const { object, issues } = decode(withStatus({ conditions: [foreign, conflict, accepted] }));
  const { policy, ...rest } = object ?? {};
  assert.deepEqual(rest, {
    ...{ name: "web", uid: "1", generation: 3, version: "77", faults: "" },
    conditions: [accepted, conflict],
  });
  assert.deepEqual(policy, decodeClusterNetworkPolicy(withStatus({})).object);
  assert.deepEqual(issues, []);
});

Deno.test("CNP-27: odd conditions are none, or have nothing in them, and are no issue", () => {
  for (
    const [status, expected] of [
      [undefined, []],
      [{ conditions: null }, []],
      [{ conditions: { Accepted: accepted } }, []],
      [{ conditions: [null, "Accepted", { ...accepted, type: 1 }] }, []],
      [{ conditions: [{ type: "Accepted", status: true, observedGeneration: "3" }] }, [{
        ...{ type: "Accepted", status: "", reason: "", message: "", observedGeneration: 0 },
        lastTransitionTime: "",
      }]],
    ] as const
  ) {
    const { object, issues } = decode(withStatus(status));
    assert.deepEqual([object?.conditions, issues], [expected, []]);
  }
});

Deno.test("decoding a policy with its status never throws, whatever it is", () => {
  const objects = [withStatus({ conditions: [accepted, conflict] })];
  fc.assert(fc.property(fc.oneof(anything, mutationsOf(objects)), (value) => {
    const { object, issues } = decode(value);
    const plain = decodeClusterNetworkPolicy(value);
    assert.deepEqual([object?.policy, issues], [plain.object, plain.issues]);
    assert.equal(object === undefined || (object.faults === "") === (issues.length === 0), true);
  }));
});
