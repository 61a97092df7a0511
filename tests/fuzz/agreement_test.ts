import assert from "node:assert/strict";
import * as fc from "fast-check";
import { firstDisagreement, Tally } from "./agreement.ts";
import { directions } from "../../lib/model/network_policy.ts";
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
  const decided = ["Admin", "NetworkPolicy", "Baseline"].flatMap((tier) => [
    `${tier} allowed`,
    `${tier} denied`,
  ]);
  const kinds = directions.flatMap((direction) =>
    [...decided, "passed", "in doubt", "undecided"].map((kind) => `${direction} ${kind}`)
  );
  assert.ok(tally.of("port maps") > runs / 40, "hardly any port was looked up in a map");
  for (const kind of [...kinds, "ingress own node"]) {
    const least = /NetworkPolicy|undecided|own node/.test(kind) ? runs / 2 : runs / 10;
    assert.ok(tally.of(kind) > least, `only ${tally.of(kind)} times ${kind}: it proves little`);
  }
});
