import { measureAgent } from "./agent/measure_agent.ts";
import type { ClusterSize } from "../apiserver/generated.ts";
import { measureCni } from "./cni/measure_cni.ts";
import type { Figure } from "./figure.ts";
import type { Suite } from "./options.ts";
import { measureEvaluation } from "./packets/evaluation.ts";
import { measureTraffic } from "./packets/traffic.ts";
import type { BenchSize } from "./size.ts";
import { measureTranslation } from "./translation.ts";
import { measureWithdrawal } from "./withdrawal.ts";

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
  const seeded = <T extends { readonly cluster: ClusterSize }>(thing: T): T => {
    return { ...thing, cluster: { ...thing.cluster, seed } };
  };
  switch (suite) {
    case "evaluation":
      return await measureEvaluation({ ...size.evaluation, seed });
    case "agent":
      return await inTurn(
        size.scales,
        (scale) => measureAgent(seeded(scale)),
      );
    case "translation":
      return measureTranslation(seeded(size.translation));
    case "withdrawal":
      return await measureWithdrawal(size.withdrawal);
    case "cni":
      return await measureCni({ ...size.cni, scale: seeded(size.cni.scale) });
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
