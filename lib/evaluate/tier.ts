// This module is pure.
import type {
  Action,
  ClusterNetworkPolicy,
  Tier,
  TierRule,
} from "../model/cluster_network_policy.ts";
import { selects } from "../model/labels.ts";
import { compareText } from "../model/object_key.ts";
import { policyName } from "../model/policy_name.ts";
import { both, type Certainty, effectOf, namespaceCertainty } from "./certainty.ts";
import type { Context } from "./context.ts";
import { ruleCertainty } from "./tier_rule.ts";
import type { RuleReference } from "./verdict.ts";

/** A policy of a tier that may be about a subject. */
export interface AskedPolicy {
  /** The policy. */
  readonly policy: ClusterNetworkPolicy;
  /** How sure it is that the subject is one of the policy's. */
  readonly certainty: Certainty;
}

/** The first rule of a tier that decides. */
export interface TierDecision {
  /** Accept and Deny are final; Pass sends the flow to the next tier (CNP-4 to CNP-6). */
  readonly action: Action;
  /** The rule. */
  readonly decidedBy: RuleReference;
  /** True where it denies what it may not be about: a namespace is not known. */
  readonly inDoubt: boolean;
}

/** A tier's policies about the subject in the direction, in the order in which they are asked. */
export function tierPolicies(tier: Tier, context: Context): readonly AskedPolicy[] {
  const { state, direction } = context;
  return [...state.clusterPolicies.values()]
    .filter((policy) => policy.tier === tier)
    .map((policy) => ({ policy, certainty: subjectCertainty(policy, context) }))
    .filter(({ policy, certainty }) =>
      // CNP-7
      policy[direction].some(({ action }) => effectOf(action, certainty) !== undefined)
    )
    .sort((a, b) => comparePrecedence(a.policy, b.policy));
}

/** What the first matching rule of the first policy that has one says; undefined: none matches. */
export function decideTier(
  policies: readonly AskedPolicy[],
  context: Context,
): TierDecision | undefined {
  for (const policy of policies) {
    const decision = decidePolicy(policy, context);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

/** CNP-3: the first rule that matches decides. */
function decidePolicy(asked: AskedPolicy, context: Context): TierDecision | undefined {
  const { direction } = context;
  const rules: readonly TierRule[] = asked.policy[direction];
  const policy = policyName(asked.policy);
  for (const [index, rule] of rules.entries()) {
    const certainty = both(asked.certainty, ruleCertainty(rule, context));
    const action = effectOf(rule.action, certainty);
    if (action === undefined) continue;
    const decidedBy = { policy, direction, rule: index, name: rule.name };
    return { action, decidedBy, inDoubt: certainty !== "yes" };
  }
  return undefined;
}

/** CNP-2: the lowest priority first; CNP-17: at the same priority by name. */
function comparePrecedence(a: ClusterNetworkPolicy, b: ClusterNetworkPolicy): number {
  return a.priority - b.priority || compareText(policyName(a), policyName(b));
}

/** CNP-9; hostNetwork pods own no address, and so never come here (CNP-10). */
function subjectCertainty(
  { subject: { namespaceSelector, podSelector } }: ClusterNetworkPolicy,
  { pod, state }: Context,
): Certainty {
  if (!selects(podSelector, pod.labels)) return "no";
  // Every namespace is every namespace, one that is not known yet included.
  if (namespaceSelector.length === 0) return "yes";
  return namespaceCertainty(namespaceSelector, pod.namespace, state);
}
