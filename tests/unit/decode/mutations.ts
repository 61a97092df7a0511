import assert from "node:assert/strict";
import fc from "fast-check";

/** Any value at all, also such as no JSON holds. */
export const anything: fc.Arbitrary<unknown> = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
});

/** Values that belong nowhere, and those that come near to the right ones. */
const odd = fc.oneof(
  fc.constantFrom<unknown[]>(null, undefined, "", [], {}, [null], "80", true, "::", "10.0.0.0/8"),
  fc.constantFrom(0, -1, 1e9, 80.5),
  fc.anything(),
);

/** Objects in which one to three values have been replaced by others. */
export function mutationsOf(objects: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.constantFrom(...objects).chain((object) =>
    fc.array(fc.tuple(fc.constantFrom(...pathsOf(object)), odd), { minLength: 1, maxLength: 3 })
      .map((changes) =>
        changes.reduce((value, [path, other]) => tryReplace(value, path, other), object)
      )
  );
}

/** Every path to a value within a value, itself included. */
export function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [[]];
  const below = Object.entries(value).flatMap(([key, part]) =>
    pathsOf(part).map((path) => [key, ...path])
  );
  return [[], ...below];
}

/** A copy in which another value stands at the path. */
export function replaceAt(value: unknown, path: readonly string[], other: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return other;
  const copy = (Array.isArray(value) ? [...value] : { ...value as object }) as Record<
    string,
    unknown
  >;
  copy[key] = replaceAt(copy[key], rest, other);
  return copy;
}

/** An earlier change may have cut off the path. */
function tryReplace(value: unknown, path: readonly string[], other: unknown): unknown {
  try {
    return replaceAt(value, path, other);
  } catch (error) {
    assert.ok(error instanceof TypeError);
    return value;
  }
}
