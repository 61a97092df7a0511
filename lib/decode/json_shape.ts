// This module is pure.

/** Which parts of a JSON value are wanted: all of it, some fields of an object, each item of a list. */
export type JsonShape =
  | { readonly kind: "whole" }
  | { readonly kind: "fields"; readonly fields: readonly JsonField[] }
  | { readonly kind: "items"; readonly item: JsonShape };

/** A field that is wanted. */
export interface JsonField {
  /** Its name as JSON prints it in UTF-8, quotes included. */
  readonly key: Uint8Array;
  /** What of it is wanted. */
  readonly shape: JsonShape;
}

/** All of a value. */
export const whole: JsonShape = { kind: "whole" };

/** Some fields of an object; of what is no object, all. */
export function fieldsOf(shapes: Readonly<Record<string, JsonShape>>): JsonShape {
  const encoder = new TextEncoder();
  const fields = Object.entries(shapes).map(([name, shape]) => ({
    key: encoder.encode(JSON.stringify(name)),
    shape,
  }));
  return { kind: "fields", fields };
}

/** The same of each item of a list; of what is no list, all. */
export function itemsOf(item: JsonShape): JsonShape {
  return { kind: "items", item };
}
