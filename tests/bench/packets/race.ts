import { mean } from "simple-statistics";
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

/** What a race has shown: what the kernel needs when nobody disturbs it, in ns. */
export interface RaceResults {
  /** A packet on a node that has no table, from `send` to `receive`. */
  readonly bare: number;
  /** One evaluation by each scene's table. */
  readonly scenes: ReadonlyMap<Scene, number>;
}

/**
 * Lets the same packets pass by each scene's table and by none, by turns, so that whatever disturbs
 * the machine disturbs all of them. Of each flow the best packet counts, of a table the mean of its
 * flows.
 */
export async function race(
  scenes: readonly Scene[],
  { flows, amplification, rounds }: RaceOptions,
): Promise<RaceResults> {
  await using resources = new AsyncDisposableStack();
  const enter = async (script?: string): Promise<Runner> => {
    const lane = resources.use(await Lane.create(flows, script));
    return new Runner(resources.use(new Datagrams(lane)));
  };
  const bare = await enter();
  const runners = new Map<Scene, Runner>();
  for (const scene of scenes) {
    runners.set(scene, await enter(amplifiedScript(scene.ruleset, amplification)));
  }
  for (let round = 0; round < rounds; round++) {
    for (const runner of [bare, ...runners.values()]) runner.run();
  }
  const evaluations = [...runners].map(([scene, { best }]) =>
    [scene, (best - bare.best) / amplification] as const
  );
  return { bare: bare.best, scenes: new Map(evaluations) };
}

/** The flows through one table, and the best time of each. */
class Runner {
  readonly #datagrams: Datagrams;
  #best: readonly number[] | undefined;

  constructor(datagrams: Datagrams) {
    this.#datagrams = datagrams;
  }

  /** The mean of the flows, in ns. */
  get best(): number {
    return mean([...this.#best ?? [NaN]]);
  }

  run(): void {
    const times = this.#datagrams.round();
    this.#best = this.#best?.map((best, i) => Math.min(best, times[i] ?? best)) ?? times;
  }
}
