import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Tally } from "./agreement.ts";
import { formatHistory, history } from "./history.ts";
import { parts, playHistory } from "./incremental.ts";
import { assertHolds, fuzzSeed, say } from "./report.ts";

const runs = 1000;

Deno.test("whatever the history, working out what is touched comes to what the whole does", () => {
  const seed = fuzzSeed();
  say(`fuzz: HEDGEROW_FUZZ_SEED=${seed}, ${runs} histories`);
  const tally = new Tally();
  const property = fc.property(history, (history) => playHistory(history, tally));
  assertHolds(fc.check(property, { seed, numRuns: runs }), formatHistory);
  say(`fuzz: ${tally}`);
  for (const kind of ["something new", ...parts.map((part) => `${part} kept`)]) {
    assert.ok(tally.of(kind) > runs, `only ${tally.of(kind)} times ${kind}: too few to prove much`);
  }
});
