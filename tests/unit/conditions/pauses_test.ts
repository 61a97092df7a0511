import { deepEqual } from "node:assert/strict";
import { type PauseRange, Pauses } from "../../../lib/conditions/pauses.ts";

const range: PauseRange = [10, 40];

/** Pauses by a clock that the test turns. */
function make(chance = 1): { readonly pauses: Pauses; readonly set: { now: number } } {
  const set = { now: 1000 };
  return { set, pauses: new Pauses({ random: () => chance, now: () => set.now }) };
}

Deno.test("what fails is left alone, longer each time and not without end, and nothing else is", () => {
  const { pauses, set } = make();
  const rests: number[] = [];
  for (let i = 0; i < 4; i++) {
    pauses.begin("a", range);
    rests.push(pauses.restMs("a"));
    set.now += pauses.restMs("a");
  }
  deepEqual(rests, [10, 20, 40, 40]);
  deepEqual([pauses.restMs("a"), pauses.restMs("b")], [0, 0]);
});

Deno.test("a pause passes with the time, and is over when what failed succeeds", () => {
  const { pauses, set } = make();
  pauses.begin("a", range);
  pauses.begin("a", range);
  set.now += 5;
  deepEqual(pauses.restMs("a"), 15);
  pauses.end("a");
  deepEqual(pauses.restMs("a"), 0);
  pauses.begin("a", range);
  deepEqual(pauses.restMs("a"), 10, "the shortest again");
});

Deno.test("by chance a pause is half as long, and never shorter than is asked", () => {
  const { pauses } = make(0);
  pauses.begin("a", range);
  pauses.begin("b", range, 70);
  deepEqual(["a", "b"].map((what) => pauses.restMs(what)), [5, 70]);
});
