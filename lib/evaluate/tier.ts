// This module is pure.
import type { Pod } from "../model/cluster.ts";
import type {
  Action,
  ClusterNetworkPolicy,
  Tier,
  TierRule,
} from "../model/cluster_network_policy.ts";
import { selects } from "../model/labels.ts";
import { compareText } from "../model/object_key.ts";
import { policyName } from "../model/policy_name.ts";
import type { Context } from "./context.ts";
import { tierRuleMatches } from "./tier_rule.ts";
import type { RuleReference } from "./verdict.ts";

/** The first rule of a tier that matches. */
export interface TierDecision {
  /** Accept and Deny are final; Pass sends the flow to the next tier (CNP-4 to CNP-6). */
  readonly action: Action;
  /** The rule. */
  readonly decidedBy: RuleReference;
}

/** A tier's policies about the subject in the direction, in the order in which they are asked. */
export function tierPolicies(tier: Tier, context: Context): readonly ClusterNetworkPolicy[] {
  const { state, direction, pod } = context;
  return [...state.clusterPolicies.values()]
    .filter((policy) => policy.tier === tier)
    .filter((policy) => policy[direction].length > 0) // CNP-7
    .filter((policy) => isSubject(pod, policy, context))
    .sort(comparePrecedence);
}

/** What the first matching rule of the first policy that has one says; undefined: none matches. */
export function decideTier(
  policies: readonly ClusterNetworkPolicy[],
  context: Context,
): TierDecision | undefined {
  for (const policy of policies) {
    const decision = decidePolicy(policy, context);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

/** CNP-3: the first rule that matches decides. */
function decidePolicy(
  policy: ClusterNetworkPolicy,
  context: Context,
): TierDecision | undefined {
  const { direction } = context;
  const rules: readonly TierRule[] = policy[direction];
  const index = rules.findIndex((rule) => tierRuleMatches(rule, context));
  const rule = rules[index];
  if (rule === undefined) return undefined;
  const { action, name } = rule;
  return { action, decidedBy: { policy: policyName(policy), direction, rule: index, name } };
}

/** CNP-2: the lowest priority first; CNP-17: at the same priority by name. */
function comparePrecedence(a: ClusterNetworkPolicy, b: ClusterNetworkPolicy): number {
  return a.priority - b.priority || compareText(policyName(a), policyName(b));
}

/** CNP-9; hostNetwork pods own no address, and so never come here (CNP-10). */
function isSubject(pod: Pod, { subject }: ClusterNetworkPolicy, { state }: Context): boolean {
  const { namespaceSelector, podSelector } = subject;
  const namespace = state.namespaces.get(pod.namespace);
  // Every namespace is every namespace, one that is not known yet included.
  const isInside = namespace === undefined
    ? namespaceSelector.length === 0
    : selects(namespaceSelector, namespace.labels);
  return isInside && selects(podSelector, pod.labels);
}
