import { measureAgent } from "./agent/measure_agent.ts";
import type { Figure } from "./figure.ts";
import type { Suite } from "./options.ts";
import { measureEvaluation } from "./packets/evaluation.ts";
import { measureTraffic } from "./packets/traffic.ts";
import type { BenchSize } from "./size.ts";
import { measureTranslation } from "./translation.ts";
import { measureWithdrawal } from "./withdrawal.ts";

const cniAdd: Figure = {
  name: "CNI ADD, agent's part, p50",
  ...{ unit: "ms", value: undefined, remark: "not measured here" },
  goal: { of: "measured", is: "below", bound: 8 },
};

/** How a suite is run. */
export interface RunOptions {
  readonly size: BenchSize;
  /** What is generated is the same for the same seed. */
  readonly seed: number;
}

/** Measures one part of the table. */
export async function runSuite(
  suite: Suite,
  { size, seed }: RunOptions,
): Promise<readonly Figure[]> {
  switch (suite) {
    case "evaluation":
      return await measureEvaluation({ ...size.evaluation, seed });
    case "agent":
      return await inTurn(
        size.scales,
        (scale) => measureAgent({ ...scale, cluster: { ...scale.cluster, seed } }),
      );
    case "translation":
      return measureTranslation({
        ...size.translation,
        cluster: { ...size.translation.cluster, seed },
      });
    case "withdrawal":
      return await measureWithdrawal(size.withdrawal);
    case "cni":
      return [cniAdd];
    case "traffic":
      return await measureTraffic({ ...size.traffic, seed });
    default:
      return suite satisfies never;
  }
}

async function inTurn<T>(
  things: readonly T[],
  measure: (thing: T) => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const thing of things) figures.push(...await measure(thing));
  return figures;
}
