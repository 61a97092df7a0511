import { deepEqual, equal, throws } from "node:assert/strict";
import { NamedList } from "../../../lib/render/named_list.ts";

const abc = NamedList.of([["b", 1], ["a", 2], ["c", 3]]);

Deno.test("a list of named things is a map in the order in which they were given", () => {
  deepEqual([...abc], [["b", 1], ["a", 2], ["c", 3]]);
  deepEqual([...abc.keys()], ["b", "a", "c"]);
  deepEqual([...abc.values()], [1, 2, 3]);
  const told: unknown[] = [];
  abc.forEach((thing, name) => told.push([name, thing]));
  deepEqual(told, [...abc.entries()]);
  deepEqual([abc.size, abc.get("a"), abc.get("d")], [3, 2, undefined]);
  deepEqual([abc.has("a"), abc.has("d")], [true, false]);
});

Deno.test("a list that was changed tells where, and leaves the one before as it was", () => {
  const changed = abc.with([["a", 5], ["c", 3]]);
  deepEqual([...changed], [["b", 1], ["a", 5], ["c", 3]]);
  equal(abc.get("a"), 2);
  deepEqual(abc.changedIn(changed), ["a"]);
  deepEqual(changed.with([["b", 6]]).changedIn(abc), ["b", "a"]);
  equal(abc.with([]), abc);
  throws(() => abc.with([["d", 1]]), /Cannot change "d"/);
});

Deno.test("a list that is made anew is compared by its things where it has the same names", () => {
  const things = [["b", 1], ["a", 7], ["c", 3]] as const;
  deepEqual(abc.changedIn(NamedList.of(things, abc)), ["a"]);
  deepEqual([...NamedList.of(things, abc)], things);
  const [b, a, c] = things;
  for (const others of [[b, a], [b, c, a], [b, a, c, ["d", 4] as const], []]) {
    equal(abc.changedIn(NamedList.of(others, abc)), undefined);
    deepEqual([...NamedList.of(others, abc)], others);
  }
});
