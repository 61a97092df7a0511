// This module is pure.

/** A histogram of Prometheus: upper bound -> how many were not above it; the last is +Inf. */
export type Histogram = ReadonlyMap<number, number>;

/**
 * Reads a histogram out of the text form of metrics: the sum of those whose label has one of these
 * values.
 */
export function parseHistogram(
  text: string,
  name: string,
  { label, values }: { readonly label: string; readonly values: readonly string[] },
): Histogram {
  const buckets = new Map<number, number>();
  for (const [, labels = "", count] of text.matchAll(linePattern(name))) {
    const pairs = new Map([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v]));
    const [bound = "", value = ""] = [pairs.get("le"), pairs.get(label)];
    if (!values.includes(value)) continue;
    const key = bound === "+Inf" ? Infinity : Number(bound);
    buckets.set(key, (buckets.get(key) ?? 0) + Number(count));
  }
  return new Map([...buckets].sort(([a], [b]) => a - b));
}

/** What has been counted between two readings. */
export function differenceOf(before: Histogram, after: Histogram): Histogram {
  return new Map([...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)]));
}

/** How many were counted. */
export function countOf(histogram: Histogram): number {
  return histogram.get(Infinity) ?? 0;
}

/**
 * Estimates a quantile as Prometheus' `histogram_quantile` does: evenly spread within its bucket.
 * What is above the last bound is told as that bound; undefined where nothing was counted.
 */
export function quantileOf(histogram: Histogram, share: number): number | undefined {
  const rank = countOf(histogram) * share;
  if (rank === 0) return undefined;
  let [lower, below] = [0, 0];
  for (const [bound, count] of histogram) {
    if (count >= rank) {
      if (bound === Infinity) return lower;
      return lower + (bound - lower) * (rank - below) / (count - below);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}

function linePattern(name: string): RegExp {
  return new RegExp(`^${name}_bucket\\{(.*)\\} (\\d+)$`, "gm");
}
