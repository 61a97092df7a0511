// This module is pure.

/**
 * The elements of a set that are nothing but their keys, as a list that is sorted as text. A set
 * of many thousands is so compared with what it was, and with one element more, at next to no cost.
 */
export class KeyList implements ReadonlyMap<string, string> {
  /** Sorted as text, without duplicates. */
  readonly list: readonly string[];

  /** Takes over a list that is sorted. */
  constructor(list: readonly string[]) {
    this.list = list;
  }

  get size(): number {
    return this.list.length;
  }

  has(key: string): boolean {
    let [low, high] = [0, this.list.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.list[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return this.list[low] === key;
  }

  get(key: string): string | undefined {
    return this.has(key) ? key : undefined;
  }

  forEach(call: (value: string, key: string, map: ReadonlyMap<string, string>) => void): void {
    for (const key of this.list) call(key, key, this);
  }

  *entries(): MapIterator<[string, string]> {
    for (const key of this.list) yield [key, key];
  }

  keys(): MapIterator<string> {
    return this.list.values();
  }

  values(): MapIterator<string> {
    return this.list.values();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}

/** What has gone from one list, and what has come with the other; both sorted. */
export function keyChanges(
  { list: from }: KeyList,
  { list: to }: KeyList,
): { readonly gone: readonly string[]; readonly come: readonly string[] } {
  const gone: string[] = [];
  const come: string[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    const old = from[i];
    const fresh = to[j];
    if (old === fresh) {
      i++;
      j++;
    } else if (fresh === undefined || (old !== undefined && old < fresh)) gone.push(from[i++]!);
    else come.push(to[j++]!);
  }
  return { gone, come };
}
