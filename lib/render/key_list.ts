// This module is pure.
import { hasItem, type Pieces } from "../model/pieces.ts";

/**
 * The elements of a set that are nothing but their keys, sorted as text and in pieces. A set of
 * many thousands is so made with one element more, and compared with what it was, at next to no
 * cost.
 */
export class KeyList implements ReadonlyMap<string, string> {
  /** Sorted as text, without duplicates. */
  readonly pieces: Pieces;
  /** How many there are. */
  readonly size: number;

  /** Takes over a list. */
  constructor(pieces: Pieces) {
    this.pieces = pieces;
    this.size = pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** Tells whether there is a key. */
  has(key: string): boolean {
    return hasItem(this.pieces, key);
  }

  /** The element of a key: itself. */
  get(key: string): string | undefined {
    return this.has(key) ? key : undefined;
  }

  /** Calls for each element. */
  forEach(call: (value: string, key: string, map: ReadonlyMap<string, string>) => void): void {
    for (const key of this.keys()) call(key, key, this);
  }

  /** Each key, and the element that it is. */
  *entries(): MapIterator<[string, string]> {
    for (const key of this.keys()) yield [key, key];
  }

  /** The keys in order. */
  *keys(): MapIterator<string> {
    for (const piece of this.pieces) yield* piece;
  }

  /** The elements in order. */
  values(): MapIterator<string> {
    return this.keys();
  }

  /** As `entries`. */
  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}

/** Keys that go, and keys that come. */
export interface KeyChanges {
  /** In order. */
  readonly gone: readonly string[];
  /** In order. */
  readonly come: readonly string[];
}

/** What makes one list of another: pieces that they share are not looked at. */
export function keyChanges({ pieces: from }: KeyList, { pieces: to }: KeyList): KeyChanges {
  const gone: string[] = [];
  const come: string[] = [];
  let [i, j] = [0, 0]; // pieces
  let [a, b] = [0, 0]; // places in them
  for (;;) {
    while (a + b === 0 && i < from.length && from[i] === to[j]) [i, j] = [i + 1, j + 1];
    const old = from[i]?.[a];
    const fresh = to[j]?.[b];
    if (old === undefined && fresh === undefined) return { gone, come };
    const isOld = old === fresh || fresh === undefined || (old !== undefined && old < fresh);
    const isFresh = old === fresh || !isOld;
    if (!isFresh) gone.push(old!);
    if (!isOld) come.push(fresh!);
    if (isOld && ++a === from[i]!.length) [i, a] = [i + 1, 0];
    if (isFresh && ++b === to[j]!.length) [j, b] = [j + 1, 0];
  }
}
