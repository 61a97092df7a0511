// This module is pure.
import { pieceOf, type Pieces, placeOf } from "../model/pieces.ts";

/**
 * The elements of a set, sorted as text and in pieces. A set of many thousands is so made with one
 * element more, and compared with what it was, at next to no cost.
 */
export class KeyList implements ReadonlyMap<string, string> {
  /** Sorted as text, no two of the same key. */
  readonly pieces: Pieces;
  /** How many there are. */
  readonly size: number;
  /** The key of an element. */
  readonly keyOf: (element: string) => string;

  /**
   * Takes over a list.
   *
   * @param keyOf The key of an element: what stands before its first blank, or, by default, itself.
   */
  constructor(pieces: Pieces, keyOf: (element: string) => string = (element) => element) {
    this.pieces = pieces;
    this.size = pieces.reduce((sum, { length }) => sum + length, 0);
    this.keyOf = keyOf;
  }

  /** Tells whether there is a key. */
  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** The element of a key: nothing comes between the key and a text that goes on with a blank. */
  get(key: string): string | undefined {
    const piece = this.pieces[pieceOf(this.pieces, key)] ?? [];
    const element = piece[placeOf(piece, key)];
    return element !== undefined && this.keyOf(element) === key ? element : undefined;
  }

  /** Calls for each element. */
  forEach(call: (value: string, key: string, map: ReadonlyMap<string, string>) => void): void {
    for (const element of this.values()) call(element, this.keyOf(element), this);
  }

  /** Each key, and its element. */
  *entries(): MapIterator<[string, string]> {
    for (const element of this.values()) yield [this.keyOf(element), element];
  }

  /** The keys in order. */
  *keys(): MapIterator<string> {
    for (const element of this.values()) yield this.keyOf(element);
  }

  /** The elements in order. */
  *values(): MapIterator<string> {
    for (const piece of this.pieces) yield* piece;
  }

  /** As `entries`. */
  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}

/** What goes, and what comes; what is another element with the same key does both. */
export interface KeyChanges {
  /** Keys, in order. */
  readonly gone: readonly string[];
  /** Whole elements, in order. */
  readonly come: readonly string[];
}

/** What makes one list of another: pieces that they share are not looked at. */
export function keyChanges(
  { pieces: from, keyOf }: KeyList,
  { pieces: to }: KeyList,
): KeyChanges {
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
    if (!isFresh) gone.push(keyOf(old!));
    if (!isOld) come.push(fresh!);
    if (isOld && ++a === from[i]!.length) [i, a] = [i + 1, 0];
    if (isFresh && ++b === to[j]!.length) [j, b] = [j + 1, 0];
  }
}
