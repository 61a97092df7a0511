// This module is pure.
import type { Tier } from "./cluster_network_policy.ts";
import type { Direction } from "./network_policy.ts";

/** Policies of one tier that are about the same pods at the same priority (CNP-17). */
export interface PriorityTie {
  /** The priority of all of them. */
  readonly priority: number;
  /** At least two, printed, in the order in which they decide: that of their names. */
  readonly policies: readonly string[];
}

/** A tie, and where it is. */
export interface TierTie extends PriorityTie {
  /** The tier of all its policies. */
  readonly tier: Tier;
  /** The direction in which they all decide a pod. */
  readonly direction: Direction;
}

/** Prints a tie: equal ones print alike. */
export function formatTie({ tier, direction, priority, policies }: TierTie): string {
  return `${policies.join(", ")} have the same priority (${tier} ${priority}, ${direction}) ` +
    "and are about the same pods: their names decide, in this order";
}
