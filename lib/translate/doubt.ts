// This module is pure.
import type { ClusterNetworkPolicy, TierRule } from "../model/cluster_network_policy.ts";

/**
 * What is enforced of a policy that may be about a pod or not, as nobody knows the labels of the
 * pod's namespace. As CNP-22 has it for what is not known: Accept matches nothing, Deny denies, and
 * Pass denies too, as the flow could end in an Accept either way.
 */
export function doubted(policy: ClusterNetworkPolicy): ClusterNetworkPolicy {
  return known.getOrInsertComputed(policy, () => {
    return { ...policy, ingress: denials(policy.ingress), egress: denials(policy.egress) };
  });
}

/** Of the same record the same one: for all pods whose namespaces nobody knows. */
const known = new WeakMap<ClusterNetworkPolicy, ClusterNetworkPolicy>();

function denials(rules: readonly TierRule[]): readonly TierRule[] {
  return rules.filter(({ action }) => action !== "Accept")
    .map((rule) => ({ ...rule, action: "Deny" }));
}
