import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { compareText } from "../../../lib/model/object_key.ts";
import { changeList, isInList } from "../../../lib/translate/incremental/sorted_list.ts";

const items = fc.uniqueArray(
  fc.string({ minLength: 1, maxLength: 2, unit: fc.constantFrom(..."abcde") }),
  {
    maxLength: 30,
    size: "max",
  },
);

Deno.test("a sorted list, changed here and there, is what sorting it anew would make of it", () => {
  fc.assert(
    fc.property(items, items, fc.nat({ max: 30 }), (before, others, count) => {
      const list = before.toSorted(compareText);
      const gone = before.slice(0, count);
      const come = others.filter((item) => !before.includes(item) || gone.includes(item));
      const rest = before.slice(count);
      const changed = changeList(list, { gone, come }, compareText);
      deepEqual(changed, [...rest, ...come].sort(compareText));
      for (const item of others) {
        equal(isInList(changed, item, compareText), changed.includes(item));
      }
    }),
    { numRuns: 2000 },
  );
});
