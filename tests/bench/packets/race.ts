import { minSorted, quantileSorted } from "simple-statistics";
import { amplifiedScript } from "./amplified.ts";
import { Datagrams } from "./datagrams.ts";
import type { PacketFlow } from "./flow.ts";
import { Lane } from "./lane.ts";
import type { Scene } from "./scenes.ts";

/** How a race is run. */
export interface RaceOptions {
  readonly flows: readonly PacketFlow[];
  /** How often each packet is asked the questions of `forward`. */
  readonly amplification: number;
  /** How often every table has its turn. */
  readonly rounds: number;
}

/** How long an evaluation took, in ns. */
export interface RaceResult {
  /** Of the best round: what the kernel needs when nobody disturbs it. */
  readonly best: number;
  readonly median: number;
}

/** What a race has shown. */
export interface RaceResults {
  /** A packet on a node that has no table, from `send` to `receive`, in ns. */
  readonly bare: RaceResult;
  /** One evaluation by each scene's table. */
  readonly scenes: ReadonlyMap<Scene, RaceResult>;
}

/**
 * Lets the same packets pass by each scene's table and by none, by turns, so that whatever disturbs
 * the machine disturbs all of them.
 */
export async function race(
  scenes: readonly Scene[],
  { flows, amplification, rounds }: RaceOptions,
): Promise<RaceResults> {
  await using resources = new AsyncDisposableStack();
  const lanes: Datagrams[] = [];
  for (const scene of [undefined, ...scenes]) {
    const script = scene && amplifiedScript(scene.ruleset, amplification);
    const lane = resources.use(await Lane.create(flows, script));
    lanes.push(resources.use(new Datagrams(lane)));
  }
  const times = lanes.map(() => new Float64Array(rounds));
  for (let round = 0; round < rounds; round++) {
    for (const [i, lane] of lanes.entries()) {
      const all = times[i];
      if (all !== undefined) all[round] = lane.round();
    }
  }
  const [bare = { best: NaN, median: NaN }, ...others] = times.map(resultOf);
  const evaluations = others.map(({ best, median }) => ({
    best: (best - bare.best) / amplification,
    median: (median - bare.median) / amplification,
  }));
  return { bare, scenes: new Map(zip(scenes, evaluations)) };
}

function resultOf(times: Float64Array): RaceResult {
  const sorted = [...times.toSorted()];
  return { best: minSorted(sorted), median: quantileSorted(sorted, 0.5) };
}

function* zip<A, B>(as: readonly A[], bs: readonly B[]): Iterable<readonly [A, B]> {
  for (const [i, a] of as.entries()) {
    const b = bs[i];
    if (b !== undefined) yield [a, b];
  }
}
