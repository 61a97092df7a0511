// This module is pure.
import { families, type Family } from "../model/address.ts";
import { type AddressRange, mergeRanges } from "../model/address_range.ts";

/** A range, and the first of some lists that holds all of it. */
export interface HeldRange {
  /** No other list before the holder has any of it. */
  readonly range: AddressRange;
  /** The list's place among all. */
  readonly holder: number;
}

/**
 * Of all addresses that some lists of ranges hold, which list is the first to do so: one way along
 * the ends of all ranges, at a cost that follows their number.
 *
 * @returns ranges that are sorted and disjoint, and may touch.
 */
export function firstHolders(lists: readonly (readonly AddressRange[])[]): readonly HeldRange[] {
  return families.flatMap((family) => heldIn(family, cutsOf(family, lists)));
}

/** Where ranges begin, and where they have ended. */
interface Cut {
  readonly at: bigint;
  /** By the places of their lists. */
  readonly begin: number[];
  readonly end: number[];
}

function cutsOf(
  family: Family,
  lists: readonly (readonly AddressRange[])[],
): readonly Cut[] {
  const cuts = new Map<bigint, Cut>();
  const cutAt = (at: bigint): Cut =>
    cuts.getOrInsertComputed(at, () => ({ at, begin: [], end: [] }));
  for (const [place, ranges] of lists.entries()) {
    for (const range of mergeRanges(ranges)) {
      if (range.family !== family) continue;
      cutAt(range.first).begin.push(place);
      cutAt(range.last + 1n).end.push(place);
    }
  }
  return [...cuts.values()].sort((a, b) => a.at < b.at ? -1 : 1);
}

function heldIn(family: Family, cuts: readonly Cut[]): readonly HeldRange[] {
  const held: HeldRange[] = [];
  const open = new Set<number>();
  let holder: number | undefined;
  for (const [i, { at: first, begin, end }] of cuts.entries()) {
    for (const place of end) open.delete(place);
    for (const place of begin) open.add(place);
    // All that are open are looked through only where the one that held ends.
    holder = holder !== undefined && open.has(holder) ? lowest(begin, holder) : lowest(open);
    const next = cuts[i + 1];
    if (next === undefined || holder === undefined) continue;
    held.push({ range: { family, first, last: next.at - 1n }, holder });
  }
  return held;
}

/** Of some places, and of one that is known. */
function lowest(places: Iterable<number>, known?: number): number | undefined {
  let found = known;
  for (const place of places) if (found === undefined || place < found) found = place;
  return found;
}
