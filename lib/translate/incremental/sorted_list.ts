// This module is pure.

/** Orders two items: below 0, 0, over 0. */
export type Compare<T> = (a: T, b: T) => number;

/** Where an item stands in a sorted list, or would stand: the first place that is not before it. */
export function placeOf<T>(list: readonly T[], item: T, compare: Compare<T>): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(list[middle]!, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Tells whether a sorted list has an item. */
export function isInList<T>(list: readonly T[], item: T, compare: Compare<T>): boolean {
  const place = placeOf(list, item, compare);
  return place < list.length && compare(list[place]!, item) === 0;
}

/** Items to be taken out of a sorted list and put into it. */
export interface ListChange<T> {
  /** Each is in the list. */
  readonly gone: readonly T[];
  /** None is in the list, once the others are gone. */
  readonly come: readonly T[];
}

/** Up to here copying the whole list for each item is quicker than going through it by hand. */
const few = 4;

/** A sorted list after a change. */
export function changeList<T>(
  list: readonly T[],
  { gone, come }: ListChange<T>,
  compare: Compare<T>,
): readonly T[] {
  if (gone.length + come.length > few) return mergeList(list, { gone, come }, compare);
  let changed = list;
  for (const item of gone) changed = changed.toSpliced(placeOf(changed, item, compare), 1);
  for (const item of come) changed = changed.toSpliced(placeOf(changed, item, compare), 0, item);
  return changed;
}

/** What lies between the changed places is copied as it stands. */
function mergeList<T>(
  list: readonly T[],
  { gone, come }: ListChange<T>,
  compare: Compare<T>,
): readonly T[] {
  const steps = [
    ...gone.map((item) => ({ item, isCome: false })),
    ...come.map((item) => ({ item, isCome: true })),
  ].sort((a, b) => compare(a.item, b.item));
  const merged: T[] = [];
  let at = 0;
  for (const { item, isCome } of steps) {
    const place = placeOf(list, item, compare);
    while (at < place) merged.push(list[at++]!);
    if (isCome) merged.push(item);
    else at = place + 1;
  }
  while (at < list.length) merged.push(list[at++]!);
  return merged;
}
