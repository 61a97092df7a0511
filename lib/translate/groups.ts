// This module is pure.
import type { Group, GroupTier } from "../model/group.ts";
import type { Decision } from "./decision.ts";

/**
 * Makes the group of a decision.
 *
 * @param key The decision's.
 * @param tiers What its tiers come to, in their order.
 */
export function groupOf(
  { direction, families }: Decision,
  key: string,
  tiers: readonly GroupTier[],
): Group {
  const [first, ...rest] = tiers;
  if (first === undefined) throw new Error("Cannot make a group: nothing decides");
  return { direction, key, families, tiers: [first, ...rest] };
}
