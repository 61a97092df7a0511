import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Tally } from "./agreement.ts";
import { changeCase, formatChange } from "./change.ts";
import { assertHolds, fuzzSeed, say } from "./report.ts";
import { firstSlip } from "./transition.ts";

const runs = 1500;

Deno.test("while one object changes, no transaction lets a denied packet through or drops an allowed one", () => {
  const seed = fuzzSeed();
  say(`fuzz: HEDGEROW_FUZZ_SEED=${seed}, ${runs} changes`);
  const tally = new Tally();
  const property = fc.property(changeCase, (change) => {
    assert.equal(firstSlip(change, tally), undefined);
  });
  assertHolds(fc.check(property, { seed, numRuns: runs }), formatChange);
  say(`fuzz: ${tally}`);
  for (const kind of ["denied throughout", "allowed throughout"]) {
    assert.ok(tally.of(kind) > runs, `only ${tally.of(kind)} times ${kind}: too few to prove much`);
  }
});
