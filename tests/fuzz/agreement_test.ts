import assert from "node:assert/strict";
import * as fc from "fast-check";
import { firstDisagreement, Tally } from "./agreement.ts";
import { fuzzCase } from "./cluster.ts";
import { assertHolds, formatCase, fuzzSeed, say } from "./report.ts";

const runs = 2000;

Deno.test("the rendered ruleset does to every packet what the oracle says, on random clusters", () => {
  const seed = fuzzSeed();
  say(`fuzz: HEDGEROW_FUZZ_SEED=${seed}, ${runs} clusters`);
  const tally = new Tally();
  const property = fc.property(fuzzCase, (fuzz) => {
    assert.equal(firstDisagreement(fuzz, tally), undefined);
  });
  assertHolds(fc.check(property, { seed, numRuns: runs }), formatCase);
  say(`fuzz: ${tally}`);
  const decided = ["allowed", "denied", "not isolated"].flatMap((kind) => [
    `ingress ${kind}`,
    `egress ${kind}`,
  ]);
  for (const kind of [...decided, "ingress own node"]) {
    assert.ok(tally.of(kind) > runs, `only ${tally.of(kind)} times ${kind}: too few to prove much`);
  }
});
