// This module is pure.
import {
  isLeased,
  isUntended,
  type ListedSet,
  type Listing,
  tendedAs,
  type Transaction,
} from "../model/listing.ts";
import { keyChanges, KeyList } from "./key_list.ts";
import type { Statements } from "./statements.ts";

/** A set, or a map, and what it was. */
export interface SetChange {
  /** Its name in the table. */
  readonly name: string;
  /** Undefined: it is new, and declared without elements. */
  readonly from: ListedSet | undefined;
  /** What it is to be. */
  readonly to: ListedSet;
}

/** What makes the elements of one of the other. */
export function elementChanges({ name, from, to }: SetChange, says: Statements): readonly string[] {
  if (from !== undefined && isUntended(to)) return [];
  const tended = from === undefined ? undefined : tendedAs(to);
  const { gone, come } = elementsBetween(from?.elements ?? new Map(), to.elements);
  const leave = tended === "watched" ? [] : gone;
  return [
    // What the kernel takes out by itself may be gone already, and then cannot be deleted.
    ...(isLeased(to) || tended !== undefined ? says.addElements(name, to, leave) : []),
    ...says.deleteElements(name, leave),
    ...says.addElements(name, to, come),
  ];
}

/**
 * Gives all of its time to what has come into sets that we tend: it may have been there, and end soon,
 * and not every kernel makes what is added once more last longer. It is no hurry, and nft takes its
 * time for a delete.
 */
export function renewAll(from: Listing, to: Listing, says: Statements): Transaction {
  return [...to.sets].flatMap(([name, set]) => {
    const found = from.sets.get(name);
    if (found === undefined || tendedAs(set) === undefined) return [];
    const { come } = elementsBetween(found.elements, set.elements);
    const keys = come.map(keyOf);
    // It may have ended in between.
    return [
      ...says.addElements(name, set, keys),
      ...says.deleteElements(name, keys),
      ...says.addElements(name, set, come),
    ];
  });
}

/** Sets that we tend are of addresses. */
function keyOf(element: string): string {
  return element.split(" ", 1)[0] ?? "";
}

interface ElementChange {
  /** Keys. */
  readonly gone: readonly string[];
  /** Whole elements. */
  readonly come: readonly string[];
}

function elementsBetween(
  from: ListedSet["elements"],
  to: ListedSet["elements"],
): ElementChange {
  if (from instanceof KeyList && to instanceof KeyList) return keyChanges(from, to);
  const gone: string[] = [];
  const come: string[] = [];
  for (const [key, text] of from) if (to.get(key) !== text) gone.push(key);
  for (const [key, text] of to) if (from.get(key) !== text) come.push(text);
  return { gone, come };
}
