// This module is pure.

/** The mark of a key that `keyOf` made. Types alone know it: no value has it. */
export declare const objectKey: unique symbol;

/** Names one object within its kind: `namespace/name`, or `name` for cluster-scoped kinds. */
export type ObjectKey = string & { readonly [objectKey]: true };

/** The key of an object; an empty namespace means that its kind has none. */
export function keyOf(object: { readonly namespace?: string; readonly name: string }): ObjectKey {
  return (object.namespace ? `${object.namespace}/${object.name}` : object.name) as ObjectKey;
}

/** Orders strings by their code units, as everything that is rendered is ordered. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
