// This module is pure.
import type { Pod } from "../model/cluster.ts";
import type { ClusterNetworkPolicy, Tier } from "../model/cluster_network_policy.ts";
import type { GroupTier } from "../model/group.ts";
import type { Direction, NetworkPolicy } from "../model/network_policy.ts";
import { compareText, keyOf } from "../model/object_key.ts";
import { policyName } from "../model/policy_name.ts";
import { type Decision, portsAskedFor } from "./decision.ts";
import { groupRules } from "./group_rules.ts";
import { networkPolicyAllowances } from "./network_policy_rules.ts";
import type { SetDefinitions } from "./sets.ts";
import { tierAllowances } from "./tier_rules.ts";
import { tiesOf } from "./ties.ts";

/** One tier's part in a decision: all that its rules are made from. */
export type TierPart = ClusterPart | NamespacedPart;

/** What is said of each. */
export interface AnyPart {
  /** Whether it is about what comes in or what goes out. */
  readonly direction: Direction;
  /** The subject's named ports that ingress rules of the tier ask for (NP-33, CNP-16). */
  readonly ports: Pod["ports"];
  /** As the decision is. */
  readonly inDoubt: boolean;
}

/** What ClusterNetworkPolicies decide. */
export interface ClusterPart extends AnyPart {
  /** Theirs. */
  readonly tier: Tier;
  /** In order (CNP-2); at least one. */
  readonly policies: readonly ClusterNetworkPolicy[];
}

/** What NetworkPolicies decide. */
export interface NamespacedPart extends AnyPart {
  /** Tells it from the others. */
  readonly tier: "NetworkPolicy";
  /** Sorted by name; none for a pod that could not be understood. */
  readonly policies: readonly NetworkPolicy[];
}

/** CNP-1: Admin, NetworkPolicy, Baseline; tiers that have no part in the decision are left out. */
export function partsOf(decision: Decision): readonly TierPart[] {
  const { direction, inDoubt, admin, policies, baseline, isBroken } = decision;
  const none = { admin: [], policies: [], baseline: [] };
  const common = { direction, inDoubt };
  const parts: TierPart[] = [];
  if (admin.length > 0) {
    const ports = portsAskedFor(decision, { ...none, admin });
    parts.push({ tier: "Admin", ...common, ports, policies: admin });
  }
  if (policies.length > 0 || isBroken) {
    const ports = portsAskedFor(decision, { ...none, policies });
    parts.push({ tier: "NetworkPolicy", ...common, ports, policies });
  }
  if (baseline.length > 0) {
    const ports = portsAskedFor(decision, { ...none, baseline });
    parts.push({ tier: "Baseline", ...common, ports, policies: baseline });
  }
  return parts;
}

/** What a tier comes to; the sets that its rules name are added to the definitions. */
export function tierOf(part: TierPart, definitions: SetDefinitions): GroupTier {
  const { tier, direction } = part;
  if (tier === "NetworkPolicy") {
    const names = part.policies.map((policy) => keyOf(policy));
    const said = [...networkPolicyAllowances(part, direction, part.policies)];
    const rules = groupRules(said, definitions);
    return { tier, policies: names, ties: [], rules, otherwise: "Deny" };
  }
  const names = part.policies.map(policyName).sort(compareText);
  const said = [...tierAllowances(part, direction, part.policies)];
  const rules = groupRules(said, definitions);
  return { tier, policies: names, ties: tiesOf(part), rules, otherwise: "Pass" };
}
