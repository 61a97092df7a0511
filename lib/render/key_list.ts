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
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    if (from[i] === to[j]) {
      i++;
      j++;
      continue;
    }
    const [endI, endJ] = meeting(from, i, to, j);
    addChanges(from.slice(i, endI).flat(), to.slice(j, endJ).flat(), { gone, come });
    [i, j] = [endI, endJ];
  }
  return { gone, come };
}

/** How far two lists go on until both end a piece with the same key, or both end. */
function meeting(
  a: Pieces,
  i: number,
  b: Pieces,
  j: number,
): readonly [number, number] {
  for (;;) {
    const [last, other] = [a[i]?.at(-1), b[j]?.at(-1)];
    if (last === other) return [i + 1, j + 1];
    if (other === undefined || (last !== undefined && last < other)) i++;
    else j++;
  }
}

function addChanges(
  from: readonly string[],
  to: readonly string[],
  { gone, come }: { readonly gone: string[]; readonly come: string[] },
): void {
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const [old, fresh] = [from[i], to[j]];
    if (old === fresh) {
      i++;
      j++;
    } else if (fresh === undefined || (old !== undefined && old < fresh)) gone.push(from[i++]!);
    else come.push(to[j++]!);
  }
}
