// This module is pure.
import type { Action, ClusterNetworkPolicy, TierPods } from "../model/cluster_network_policy.ts";
import type { LabelSelector, Requirement } from "../model/labels.ts";
import { directions } from "../model/network_policy.ts";

/**
 * Tells whether it may matter which of two policies comes first, and priorities do not say it
 * (CNP-17): they have the same place, there can be pods that both are about, and in a direction
 * some of their rules would do different things. Policies alone decide that and not the pods that
 * there are, so that the answer is the same everywhere and stays while pods come and go. Those
 * that could not be understood have no rivals: they are told, and their priority may be none.
 */
export function areRivals(a: ClusterNetworkPolicy, b: ClusterNetworkPolicy): boolean {
  if (a.tier !== b.tier || a.priority !== b.priority || a.broken || b.broken) return false;
  if (!directions.some((direction) => differ(a[direction], b[direction]))) return false;
  return canOverlap(a.subject, b.subject);
}

type Rules = readonly { readonly action: Action }[];

/** True unless one of them has no rules, or all rules of both do the same, in whichever order. */
function differ(a: Rules, b: Rules): boolean {
  return a.some(({ action }) => b.some((rule) => rule.action !== action));
}

function canOverlap(a: TierPods, b: TierPods): boolean {
  return canBeMet([...a.namespaceSelector, ...b.namespaceSelector]) &&
    canBeMet([...a.podSelector, ...b.podSelector]);
}

/** Tells whether there can be labels that meet all requirements. */
function canBeMet(selector: LabelSelector): boolean {
  const byKey = Map.groupBy(selector, ({ key }) => key);
  return [...byKey.values()].every(canBeMetByOneKey);
}

/** The key is absent, or it has a value: one that is asked for, or any that is not excluded. */
function canBeMetByOneKey(requirements: readonly Requirement[]): boolean {
  const of = (operator: Requirement["operator"]): readonly Requirement[] =>
    requirements.filter((requirement) => requirement.operator === operator);
  const wanted = of("In");
  if (wanted.length + of("Exists").length === 0) return true;
  if (of("DoesNotExist").length > 0) return false;
  const [first] = wanted;
  if (first === undefined) return true;
  return first.values.some((value) =>
    wanted.every(({ values }) => values.includes(value)) &&
    !of("NotIn").some(({ values }) => values.includes(value))
  );
}
