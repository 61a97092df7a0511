// This module is pure.
import type { EvaluationOptions } from "./packets/evaluation.ts";

/** How much is measured, and for how long. */
export interface BenchSize {
  readonly evaluation: Omit<EvaluationOptions, "seed">;
}

/** The sizes by name: what the goals are about, what fits into a minute, what only proves that it runs. */
export const sizes: Readonly<Record<"full" | "quick" | "tiny", BenchSize>> = {
  full: {
    evaluation: {
      ...{ spread: [10, 1000, 10_000], besideTiers: 1000, perTier: 100, onePod: [1, 100, 1000] },
      ...{ amplification: 64, rounds: 500 },
    },
  },
  quick: {
    evaluation: {
      ...{ spread: [10, 1000], besideTiers: 1000, perTier: 100, onePod: [1, 1000] },
      ...{ amplification: 64, rounds: 60 },
    },
  },
  tiny: {
    evaluation: {
      ...{ spread: [10, 20], besideTiers: 20, perTier: 2, onePod: [1, 3] },
      ...{ amplification: 4, rounds: 3 },
    },
  },
};
