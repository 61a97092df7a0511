// This module is pure.

/** Tells whether two records say the same: lists, sets, maps and records by all that they hold. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && isSameList(a, b);
  if (a instanceof Map) return b instanceof Map && isSameMap(a, b);
  if (a instanceof Set) return b instanceof Set && a.size === b.size && a.isSubsetOf(b);
  const isRecord = !(Array.isArray(b) || b instanceof Map || b instanceof Set);
  return isRecord && isSameRecord(a as Fields, b as Fields);
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => isSame(item, b[i]));
}

function isSameMap(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !isSame(value, b.get(key))) return false;
  return true;
}

type Fields = Readonly<Record<string, unknown>>;

function isSameRecord(a: Fields, b: Fields): boolean {
  let fields = 0; // counted by hand: this is asked at every event
  for (const key in a) {
    if (!Object.hasOwn(b, key) || !isSame(a[key], b[key])) return false;
    fields++;
  }
  for (const _ in b) fields--;
  return fields === 0;
}
