// This module is pure.
import type { ClusterNetworkPolicy, TierRule } from "./cluster_network_policy.ts";
import type { NetworkPolicy } from "./network_policy.ts";

/** Denies everything in its direction. */
export const denyEverything: TierRule = {
  name: "",
  action: "Deny",
  peers: [{ kind: "everyone" }],
  protocols: undefined,
};

/** What stands in for a NetworkPolicy that cannot be enforced: it isolates, and allows nothing. */
export function closedNetworkPolicy(policy: NetworkPolicy): NetworkPolicy {
  return { ...policy, ingress: [], egress: [], broken: true };
}

/** What stands in for a policy of a tier: it denies everything in the directions that it names. */
export function closedTierPolicy<T extends Pick<ClusterNetworkPolicy, "ingress" | "egress">>(
  policy: T,
): T & Pick<ClusterNetworkPolicy, "broken"> {
  const { ingress, egress } = policy;
  return { ...policy, ingress: closedRules(ingress), egress: closedRules(egress), broken: true };
}

/** A direction without rules is none of the policy's (CNP-7), whatever else is wrong with it. */
function closedRules(rules: readonly TierRule[]): readonly TierRule[] {
  return rules.length === 0 ? rules : [denyEverything];
}
