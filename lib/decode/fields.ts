// This module is pure.
import type { Report } from "./report.ts";

/** A JSON object whose fields are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Nothing in it: what an absent object reads as. */
export const noFields: Fields = {};

/** Tells whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where a value stands, and who is told when it is not what belongs there. */
export interface Place {
  /** The path of its field. */
  readonly field: string;
  /** Takes what is wrong with it. */
  readonly report: Report;
}

/** An object; what is absent or null has no fields; anything else is reported and has none. */
export function readFields(value: unknown, { field, report }: Place): Fields {
  if (isFields(value)) return value;
  if (value !== undefined && value !== null) report.add(field, value, "an object");
  return noFields;
}

const noItems: readonly unknown[] = [];

/** A list; what is absent or null is empty; anything else is reported and empty. */
export function readList(value: unknown, { field, report }: Place): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value !== undefined && value !== null) report.add(field, value, "a list");
  return noItems;
}

/** A text; what is absent or null is ""; anything else is reported and "". */
export function readString(value: unknown, { field, report }: Place): string {
  if (typeof value === "string") return value;
  if (value !== undefined && value !== null) report.add(field, value, "a string");
  return "";
}

/** A truth value; what is absent or null is false; anything else is reported and false. */
export function readBoolean(value: unknown, { field, report }: Place): boolean {
  if (typeof value === "boolean") return value;
  if (value !== undefined && value !== null) report.add(field, value, "true or false");
  return false;
}

/** Tells whether a field is there: null is as absent. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The names of the fields of an object that are there. */
export function setFields(fields: Fields): readonly string[] {
  return Object.keys(fields).filter((name) => isSet(fields[name]));
}

/** Tells whether an object has no fields but those that are known; reports each other one. */
export function hasOnly(fields: Fields, known: readonly string[], place: Place): boolean {
  const others = setFields(fields).filter((name) => !known.includes(name));
  for (const name of others) {
    place.report.add(place.field, name, `only ${formatNames(known, "and")}`);
  }
  return others.length === 0;
}

/** Prints names as a sentence has them: `a, b or c`. */
export function formatNames(names: readonly string[], word: "and" | "or"): string {
  const [last = "", ...rest] = [...names].reverse();
  return rest.length === 0 ? last : `${rest.reverse().join(", ")} ${word} ${last}`;
}
