import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import * as fc from "fast-check";
import { firstDisagreement, Tally } from "./agreement.ts";
import { changeCase, formatChange } from "./change.ts";
import { fuzzCase } from "./cluster.ts";
import { formatHistory, history } from "./history.ts";
import { playHistory } from "./incremental.ts";
import { assertHolds, formatCase, fuzzSeed, say } from "./report.ts";
import { firstSlip } from "./transition.ts";

const usage = "usage: deno task fuzz [--minutes N] [--seed N]";
const batch = 500;

/** What the command line asks for. */
interface Options {
  readonly minutes: number;
  readonly seed: number;
}

function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: "string", default: "5" }, seed: { type: "string" } },
  });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) {
    throw new TypeError(`--minutes "${values.minutes}": it takes a number over 0`);
  }
  const seed = values.seed === undefined ? fuzzSeed() : Number(values.seed);
  if (!Number.isInteger(seed)) {
    throw new TypeError(`--seed "${values.seed}": it takes a whole number`);
  }
  return { minutes, seed };
}

/** Tries clusters, changes and histories, batch by batch, until the time is over; throws at the first failure. */
function fuzz({ minutes, seed }: Options): void {
  const start = performance.now();
  const [agreements, slips, looks] = [new Tally(), new Tally(), new Tally()];
  const agreement = fc.property(fuzzCase, (fuzz) => {
    assert.equal(firstDisagreement(fuzz, agreements), undefined);
  });
  const transition = fc.property(changeCase, (change) => {
    assert.equal(firstSlip(change, slips), undefined);
  });
  const incremental = fc.property(history, (history) => playHistory(history, looks));
  for (let round = 0; performance.now() - start < minutes * 60_000; round++) {
    const parameters = { seed: seed + round, numRuns: batch };
    assertHolds(fc.check(agreement, parameters), formatCase);
    assertHolds(fc.check(transition, parameters), formatChange);
    assertHolds(fc.check(incremental, parameters), formatHistory);
    const seconds = Math.round((performance.now() - start) / 1000);
    say(
      `${seconds} s, seed ${seed + round}: ${(round + 1) * batch} clusters, changes and histories`,
    );
  }
  say(`clusters: ${agreements}\nchanges: ${slips}\nhistories: ${looks}`);
}

function main(args: readonly string[]): number {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    say(`${error instanceof Error ? error.message : error}\n${usage}`);
    return 2;
  }
  try {
    fuzz(options);
    return 0;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

Deno.exit(main(Deno.args));
