// This module is pure.
import { manyThousand, type Scale, tenThousand } from "./agent/scale.ts";
import type { CniOptions } from "./cni/measure_cni.ts";
import type { EvaluationOptions } from "./packets/evaluation.ts";
import type { TrafficOptions } from "./packets/traffic.ts";
import type { TranslationOptions } from "./translation.ts";
import type { WithdrawalOptions } from "./withdrawal.ts";

/** How much is measured, and for how long. */
export interface BenchSize {
  readonly evaluation: Omit<EvaluationOptions, "seed">;
  readonly traffic: Omit<TrafficOptions, "seed">;
  readonly withdrawal: WithdrawalOptions;
  readonly translation: TranslationOptions;
  readonly cni: CniOptions;
  /** The clusters in which the agent is measured. */
  readonly scales: readonly Scale[];
}

/** As many pods on the node as with 10,000. */
const twoThousand: Scale = {
  ...{ name: "2,000 pods", rate: 50, seconds: { idle: 3, churn: 6 }, goals: {} },
  cluster: { pods: 2000, namespaces: 20, nodes: 20, policies: 200 },
};

const twoHundred: Scale = {
  ...{ name: "200 pods", rate: 100, seconds: { idle: 0.2, churn: 1 }, goals: {} },
  cluster: { pods: 200, namespaces: 5, nodes: 20, policies: 20 },
};

/** The sizes by name: what the goals are about, what fits into a minute, what only proves that it runs. */
export const sizes: Readonly<Record<"full" | "quick" | "tiny", BenchSize>> = {
  full: {
    evaluation: {
      ...{ spread: [10, 1000, 10_000], beside: 1000, perTier: 100, onePod: [1, 100, 1000] },
      ...{ ownPorts: [100, 1000], ownPortTiers: [30, 100] },
      ...{ amplification: 64, rounds: 2000 },
    },
    traffic: { policies: 1000, selecting: 100, rounds: 2000, burst: 64 },
    withdrawal: { rounds: 60 },
    translation: { cluster: tenThousand.cluster, events: 5000, plain: 20 },
    cni: { scale: tenThousand, adds: 500, runs: 50 },
    scales: [tenThousand, manyThousand],
  },
  quick: {
    evaluation: {
      ...{ spread: [10, 1000], beside: 1000, perTier: 100, onePod: [1, 1000] },
      ...{ ownPorts: [100], ownPortTiers: [30] },
      ...{ amplification: 64, rounds: 100 },
    },
    traffic: { policies: 1000, selecting: 100, rounds: 200, burst: 64 },
    withdrawal: { rounds: 6 },
    translation: { cluster: tenThousand.cluster, events: 500, plain: 2 },
    cni: { scale: twoThousand, adds: 20, runs: 5 },
    scales: [{ ...tenThousand, seconds: { idle: 3, churn: 6 } }],
  },
  tiny: {
    evaluation: {
      ...{ spread: [10, 20], beside: 20, perTier: 2, onePod: [1, 3] },
      ...{ ownPorts: [12], ownPortTiers: [2] },
      ...{ amplification: 4, rounds: 3 },
    },
    traffic: { policies: 200, selecting: 20, rounds: 3, burst: 4 },
    withdrawal: { rounds: 3 },
    translation: {
      cluster: { pods: 200, namespaces: 5, nodes: 20, policies: 20 },
      events: 9,
      plain: 3,
    },
    cni: { scale: twoHundred, adds: 3, runs: 1 },
    scales: [twoHundred],
  },
};
