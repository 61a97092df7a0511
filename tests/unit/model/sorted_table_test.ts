import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { SortedTable } from "../../../lib/model/sorted_table.ts";

const values = ["x", "y"].map((name) => ({ name }));
const step = fc.record({
  key: fc.constantFrom("a", "b", "c", "d", "e"),
  value: fc.constantFrom(...values, undefined),
  looks: fc.boolean(),
});

Deno.test("whatever comes and goes, the list is in the order of the keys, and the same while they are", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const table = new SortedTable<{ readonly name: string }>();
      const plain = new Map<string, { readonly name: string }>();
      for (const { key, value, looks } of steps) {
        if (value === undefined) table.delete(key);
        else table.set(key, value);
        if (value === undefined) plain.delete(key);
        else plain.set(key, value);
        equal(table.get(key), value);
        if (!looks) continue;
        const expected = [...plain].sort(([a], [b]) => a < b ? -1 : 1).map(([, value]) => value);
        deepEqual(table.list, expected);
        equal(table.list, table.list);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a list in which nothing has changed in the end is the same list", () => {
  const table = new SortedTable<{ readonly name: string }>();
  for (const [i, key] of ["b", "a"].entries()) table.set(key, values[i]!);
  const { list } = table;
  deepEqual(list, [values[1], values[0]]);
  table.delete("a");
  table.set("c", values[0]!);
  table.delete("c");
  table.set("a", values[1]!);
  equal(table.list, list);
});
