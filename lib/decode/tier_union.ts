// This module is pure.
import { formatNames, isFields, type Place, setFields } from "./fields.ts";

/** The one field that an object has. */
export interface Member<Name extends string> {
  /** What it is called. */
  readonly name: Name;
  /** What stands there; never absent, never null. */
  readonly value: unknown;
}

/**
 * Reads an object that has exactly one of some fields. Undefined, and reported, where it has none
 * that is known (CNP-22), or more than one: also when one is known and another is not. What the
 * unknown one says may narrow the known one, as `except` would, and an Accept that is read without
 * it would let through more than was meant.
 */
export function readMember<Name extends string>(
  value: unknown,
  known: readonly Name[],
  { field, report }: Place,
): Member<Name> | undefined {
  const [only, ...others] = isFields(value) ? setFields(value) : [];
  const name = known.find((name) => name === only);
  if (isFields(value) && name !== undefined && others.length === 0) {
    return { name, value: value[name] };
  }
  report.add(field, value, `an object with ${formatChoice(known)}`);
  return undefined;
}

/**
 * Reads a list of at least one item. Undefined, and reported, where it is none, or where an item
 * is not understood; all of them are read in any case, so that all that is amiss is told at once.
 */
export function decodeAll<Item, At extends Place>(
  value: unknown,
  decodeItem: (item: unknown, place: At) => Item | undefined,
  place: At,
): readonly Item[] | undefined {
  if (!Array.isArray(value) || value.length === 0) {
    place.report.add(place.field, value, "a list of at least one entry");
    return undefined;
  }
  const items = Array.from(
    value,
    (item, i) => decodeItem(item, { ...place, field: `${place.field}[${i}]` }),
  );
  return items.every((item) => item !== undefined) ? items : undefined;
}

function formatChoice(known: readonly string[]): string {
  const names = formatNames(known, "or");
  return known.length === 1 ? `${names} and nothing else` : `exactly one of ${names}`;
}
