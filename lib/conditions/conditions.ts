// This module is pure.
import type { TierPods } from "../model/cluster_network_policy.ts";
import { type Condition, isSameCondition } from "../model/condition.ts";
import type { ObservedPolicy } from "../model/observed_policy.ts";

/** So many rivals are named. That it is not told how many more there are saves many a write. */
const mostRivals = 5;

/**
 * The conditions of a policy (CNP-27): a function of objects of the API alone, so that every node
 * comes to the same.
 *
 * @param rivals The names of its rivals, sorted.
 */
export function conditionsOf(
  observed: ObservedPolicy,
  rivals: readonly string[],
): readonly Condition[] {
  const { generation: observedGeneration } = observed;
  return [
    { type: "Accepted", ...acceptance(observed), observedGeneration },
    { type: "PriorityConflict", ...conflict(rivals), observedGeneration },
  ];
}

/** Tells whether a policy's conditions are what they should be. */
export function areSameConditions(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.length === b.length && a.every((condition, i) => {
    const other = b[i];
    return other !== undefined && isSameCondition(condition, other);
  });
}

type Judgement = Pick<Condition, "status" | "reason" | "message">;

function acceptance({ faults, policy: { broken, subject } }: ObservedPolicy): Judgement {
  if (faults === "") {
    return { status: "True", reason: "Accepted", message: "Everything in it is understood" };
  }
  const consequence = broken
    ? `Denies everything to ${formatSubject(subject)}, in the directions that it names`
    : "Enforced but for what is not understood";
  // The server stores text well-formed, and what it stores is to read as it is wanted.
  const message = `${consequence}: ${faults}`.toWellFormed();
  return { status: "False", reason: "Invalid", message };
}

/** A subject that is not understood may be any pod, and so is every pod. */
function formatSubject({ namespaceSelector, podSelector }: TierPods): string {
  const isEveryPod = namespaceSelector.length + podSelector.length === 0;
  return isEveryPod ? "every pod of the cluster" : "its subject";
}

function conflict(rivals: readonly string[]): Judgement {
  if (rivals.length === 0) {
    const message = "No policy of the same tier and priority may decide otherwise";
    return { status: "False", reason: "NoConflict", message };
  }
  const named = rivals.slice(0, mostRivals).join(", ");
  const others = rivals.length > mostRivals ? " and others" : "";
  const message = `Same tier and priority as ${named}${others}, which may be about the same pods ` +
    "and decide otherwise: whose name sorts first comes first";
  return { status: "True", reason: "SamePriority", message };
}
