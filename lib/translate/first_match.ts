// This module is pure.
import {
  type AddressPoint,
  type AddressRange,
  isInRanges,
  mergeRanges,
} from "../model/address_range.ts";
import { addressPoint, formatRange } from "../model/address_value.ts";
import type { Action } from "../model/cluster_network_policy.ts";
import type { IpAddress } from "../model/address.ts";
import { firstHolders } from "./first_holders.ts";
import type { Peers, UnionPeers } from "./peers.ts";
import { type Selection, uniqueSelections } from "./selection.ts";

/** What is said of some peers, in its place among others. */
export interface Said {
  /** What becomes of them, unless they have been decided before. */
  readonly action: Action;
  /** Whom it is said of. */
  readonly peers: Peers;
}

/**
 * One step of the way to a set of addresses: who is selected belongs to the set or not, and who
 * lies in a block does not, as blocks are looked up by themselves. The first step that is about an
 * address decides.
 */
export interface Step {
  /** Whether the set is of those whom the selections select. */
  readonly isMember: boolean;
  /** By key, without duplicates, and without those of earlier steps. */
  readonly selections: readonly Selection[];
  /** Sorted, disjoint, not touching. */
  readonly blocks: readonly AddressRange[];
}

/** Everything up to the first thing that is said of everybody, which is then the last word. */
export function beforeEverybody<T extends Said>(
  list: readonly T[],
): {
  readonly some: readonly (T & { readonly peers: UnionPeers })[];
  readonly rest: T | undefined;
} {
  const some: (T & { readonly peers: UnionPeers })[] = [];
  for (const said of list) {
    const { peers } = said;
    if (peers === "all") return { some, rest: said };
    some.push({ ...said, peers });
  }
  return { some, rest: undefined };
}

/**
 * The way to the set of those whom the first thing that selects them accepts, or denies, or passes:
 * in as few steps as say the same. None: nobody belongs to it.
 */
export function stepsTo(
  action: Action,
  list: readonly { readonly action: Action; readonly peers: UnionPeers }[],
): readonly Step[] {
  const seen = new Set<string>();
  const steps: Step[] = [];
  for (const { action: own, peers } of list) {
    const selections = peers.selections.filter(({ key }) => !seen.has(key));
    for (const { key } of selections) seen.add(key);
    const step = { isMember: own === action, selections, blocks: peers.blocks };
    const last = steps.at(-1);
    if (last?.isMember === step.isMember) steps[steps.length - 1] = join(last, step);
    else if (selections.length + step.blocks.length > 0) steps.push(step);
  }
  const end = steps.findLastIndex(({ isMember, selections }) => isMember && selections.length > 0);
  return steps.slice(0, end + 1).map((step, i) => i === end ? { ...step, blocks: [] } : step);
}

function join(a: Step, b: Step): Step {
  return {
    isMember: a.isMember,
    selections: uniqueSelections([...a.selections, ...b.selections]),
    blocks: mergeRanges([...a.blocks, ...b.blocks]),
  };
}

/** For each action the blocks whose addresses the first block that holds them does it to. */
export function blocksByAction(
  list: readonly { readonly action: Action; readonly peers: UnionPeers }[],
): Readonly<Record<Action, readonly AddressRange[]>> {
  const held = firstHolders(list.map(({ peers }) => peers.blocks));
  const blocksOf = (action: Action): readonly AddressRange[] => {
    const own = held.filter(({ holder }) => list[holder]?.action === action);
    return mergeRanges(own.map(({ range }) => range));
  };
  return { Accept: blocksOf("Accept"), Deny: blocksOf("Deny"), Pass: blocksOf("Pass") };
}

/** Tells whether steps lead to an address. */
export function leadsTo(
  steps: readonly Step[],
  address: IpAddress,
  isSelected: (selection: Selection) => boolean,
): boolean {
  let point: AddressPoint | undefined; // most ways have no blocks
  for (const { isMember, selections, blocks } of steps) {
    if (selections.some(isSelected)) return isMember;
    if (blocks.length === 0) continue;
    point ??= addressPoint(address);
    if (isInRanges(point, blocks)) return false;
  }
  return false;
}

/** Prints a way: equal ones print alike. */
export function formatSteps(steps: readonly Step[]): string {
  return steps.map(({ isMember, selections, blocks }) =>
    `${isMember ? "+" : "-"} ${
      [...selections.map(({ key }) => key), ...blocks.map(formatRange)].join("; ")
    }`
  ).join(" ");
}
