import assert from "node:assert/strict";
import fc from "fast-check";
import { areRivals } from "../../../lib/conditions/rivals.ts";
import { decodeClusterNetworkPolicy } from "../../../lib/decode/cluster_network_policy.ts";
import type { ClusterNetworkPolicy } from "../../../lib/model/cluster_network_policy.ts";
import { type Labels, type Requirement, selects } from "../../../lib/model/labels.ts";
import { decodeInOrder, makeClusterPolicy } from "../decode/cluster_objects.ts";

const keys = ["k", "l"];
const values = ["a", "b"];

const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({
    key: fc.constantFrom(...keys),
    operator: fc.constantFrom("In" as const, "NotIn" as const),
    values: fc.subarray(values, { minLength: 1 }),
  }),
  fc.record({
    key: fc.constantFrom(...keys),
    operator: fc.constantFrom("Exists" as const, "DoesNotExist" as const),
    values: fc.constant([]),
  }),
);

const selector = fc.array(requirement, { maxLength: 3 });

/** All labels that there can be, as far as selectors tell them apart: `z` is in none of them. */
const universe: readonly Labels[] = [...values, "z", undefined].flatMap((k) =>
  [...values, "z", undefined].map((l) => ({
    ...(k === undefined ? {} : { k }),
    ...(l === undefined ? {} : { l }),
  }))
);

function about(
  action: string,
  namespaceSelector: readonly Requirement[],
  podSelector: readonly Requirement[],
): ClusterNetworkPolicy {
  const rules = { ingress: [{ action, from: [{ namespaces: {} }] }] };
  const policy = decodeInOrder(decodeClusterNetworkPolicy, makeClusterPolicy(rules));
  return { ...policy, subject: { kind: "pods", namespaceSelector, podSelector } };
}

Deno.test("CNP-17: two policies may be about the same pods exactly when there can be such a pod", () => {
  fc.assert(
    fc.property(selector, selector, selector, selector, (a, b, c, d) => {
      const [namespaces, pods] = ([[a, c], [b, d]] as const).map((both) =>
        universe.some((labels) => both.every((one) => selects(one, labels)))
      );
      const answer = areRivals(about("Accept", a, b), about("Deny", c, d));
      assert.equal(answer, namespaces && pods);
    }),
    { numRuns: 2000 },
  );
});
