// This module is pure.
import type { Group } from "../model/group.ts";
import { compareText } from "../model/object_key.ts";
import { policyName } from "../model/policy_name.ts";
import { formatTie, type PriorityTie, type TierTie } from "../model/priority_tie.ts";
import type { ClusterPart } from "./tiers.ts";

/**
 * The ties among a tier's policies in a decision, which stand in their order. One between rules
 * that all do the same is none: whoever comes first, the answer is the same.
 */
export function tiesOf(
  { direction, inDoubt, policies }: Pick<ClusterPart, "direction" | "inDoubt" | "policies">,
): readonly PriorityTie[] {
  if (inDoubt) return []; // nobody knows yet whether they all decide
  const byPriority = Map.groupBy(
    policies.filter(({ broken }) => !broken), // these are told, and their priority may be none
    ({ priority }) => priority,
  );
  return [...byPriority].flatMap(([priority, equals]): PriorityTie[] => {
    const actions = new Set(equals.flatMap((policy) => policy[direction]).map((r) => r.action));
    const isTie = equals.length > 1 && actions.size > 1;
    return isTie ? [{ priority, policies: equals.map(policyName) }] : [];
  });
}

/** The ties on a node, without those that another one says, too: sorted. */
export function priorityTies(groups: readonly Group[]): readonly TierTie[] {
  const ties = new Map<string, TierTie>();
  for (const { direction, tiers } of groups) {
    for (const { tier, ties: found } of tiers) {
      if (tier === "NetworkPolicy") continue;
      for (const tie of found) {
        const placed = { tier, direction, ...tie };
        ties.set(formatTie(placed), placed);
      }
    }
  }
  const all = [...ties].sort(([a], [b]) => compareText(a, b)).map(([, tie]) => tie);
  return all.filter((tie) => !all.some((other) => other !== tie && includes(other, tie)));
}

function includes(a: TierTie, b: TierTie): boolean {
  return a.tier === b.tier && a.direction === b.direction && a.priority === b.priority &&
    b.policies.every((policy) => a.policies.includes(policy));
}
