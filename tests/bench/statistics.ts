// This module is pure.
import { quantileSorted } from "simple-statistics";

/** How a row of samples is told. */
export interface Summary {
  readonly count: number;
  readonly best: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** Sums samples up; undefined where there are none. */
export function summarize(samples: ArrayLike<number>): Summary | undefined {
  const sorted = Array.from(samples).sort((a, b) => a - b);
  const [best, worst] = [sorted[0], sorted.at(-1)];
  if (best === undefined || worst === undefined) return undefined;
  const [p50, p99] = [quantileSorted(sorted, 0.5), quantileSorted(sorted, 0.99)];
  return { count: sorted.length, best, p50, p99, worst };
}
