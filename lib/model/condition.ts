// This module is pure.

/** The types of the conditions that hedgerow writes (CNP-27: there are no standard ones). */
export const conditionTypes = ["Accepted", "PriorityConflict"] as const;

/** One of `conditionTypes`. */
export type ConditionType = typeof conditionTypes[number];

/** A condition of an object (metav1.Condition), without the time at which it began. */
export interface Condition {
  /** Unique among the conditions of an object. */
  readonly type: ConditionType;
  /** `True`, `False`; whatever stands there of one that was read. */
  readonly status: string;
  /** In one word, for programs. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
  /** The generation of the object that it is about. */
  readonly observedGeneration: number;
}

/** A condition as it stands in an object. */
export interface StandingCondition extends Condition {
  /** When `status` became what it is: RFC 3339. */
  readonly lastTransitionTime: string;
}

/** Tells whether two conditions say the same. */
export function isSameCondition(a: Condition, b: Condition): boolean {
  return a.type === b.type && a.status === b.status && a.reason === b.reason &&
    a.message === b.message && a.observedGeneration === b.observedGeneration;
}
