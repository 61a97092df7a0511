// This module is pure.
import type { Family } from "./address.ts";

/** Addresses of one family from `first` to `last`, both included. */
export interface AddressRange {
  /** What both ends are of; ranges of two families never meet (NP-27). */
  readonly family: Family;
  /** As a number: 32 bits for IPv4, 128 for IPv6. */
  readonly first: bigint;
  /** A number as `first`, and not below it. */
  readonly last: bigint;
}

/** An address as a number. */
export interface AddressPoint {
  /** What it is of. */
  readonly family: Family;
  /** 32 bits for IPv4, 128 for IPv6. */
  readonly value: bigint;
}

/** Tells whether an address lies in any of some ranges. */
export function isInRanges(
  { family, value }: AddressPoint,
  ranges: readonly AddressRange[],
): boolean {
  return ranges.some((range) =>
    range.family === family && range.first <= value && value <= range.last
  );
}

/** How many bits an address of a family has. */
export function bitsOf(family: Family): number {
  return family === "IPv4" ? 32 : 128;
}

/** Orders ranges by family, then by their first address. */
export function compareRanges(a: AddressRange, b: AddressRange): number {
  if (a.family !== b.family) return a.family === "IPv4" ? -1 : 1;
  return a.first < b.first ? -1 : a.first > b.first ? 1 : 0;
}

/** Sorts ranges and joins those that overlap or touch: equal sets of addresses, equal lists. */
export function mergeRanges(ranges: Iterable<AddressRange>): readonly AddressRange[] {
  const merged: AddressRange[] = [];
  for (const range of [...ranges].sort(compareRanges)) {
    const previous = merged.at(-1);
    if (previous?.family === range.family && range.first <= previous.last + 1n) {
      if (range.last > previous.last) merged[merged.length - 1] = { ...previous, last: range.last };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** The addresses of `range` that are in none of `exceptions` (NP-24): sorted and disjoint. */
export function subtractRanges(
  range: AddressRange,
  exceptions: Iterable<AddressRange>,
): readonly AddressRange[] {
  const rest: AddressRange[] = [];
  let first = range.first;
  for (const exception of mergeRanges(exceptions)) {
    if (exception.family !== range.family || exception.last < first) continue;
    if (exception.first > range.last) break;
    if (exception.first > first) rest.push({ ...range, first, last: exception.first - 1n });
    first = exception.last + 1n;
  }
  if (first <= range.last) rest.push({ ...range, first });
  return rest;
}

/** Tells whether a range is every address of its family. */
export function isWholeFamily({ family, first, last }: AddressRange): boolean {
  return first === 0n && last === (1n << BigInt(bitsOf(family))) - 1n;
}
