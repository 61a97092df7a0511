import { equal } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { isSame } from "../../../lib/model/same.ts";

const key = fc.constantFrom("a", "b");

const { value } = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom(0, 1, 1n, 2n, "", "a", null, undefined, true),
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(key, tie("value")).map((fields) => ({ ...fields })),
    fc.dictionary(key, tie("value")).map((fields) => new Map(Object.entries(fields))),
    fc.uniqueArray(key).map((keys) => new Set(keys)),
  ),
}));

Deno.test("records are the same where a strict comparison of all that they hold says so", () => {
  let same = 0;
  fc.assert(
    fc.property(value, value, (a, b) => {
      equal(isSame(a, b), isDeepStrictEqual(a, b));
      if (isSame(a, b)) same++;
      equal(isSame(a, structuredClone(a)), true);
    }),
    { numRuns: 3000 },
  );
  equal(same > 10, true);
});

Deno.test("a field that is missing is not one that is undefined", () => {
  equal(isSame({ a: undefined }, {}), false);
  equal(isSame({}, { a: undefined }), false);
  equal(isSame({ a: undefined }, { b: undefined }), false);
  equal(isSame(new Map([["a", undefined]]), new Map([["b", undefined]])), false);
});
