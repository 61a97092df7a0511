import { deepEqual, equal } from "node:assert/strict";
import { countOf, differenceOf, parseHistogram, quantileOf } from "./histogram.ts";

const text = `# TYPE took histogram
took_bucket{le="0.001",trigger="pod"} 2
took_bucket{le="0.002",trigger="pod"} 6
took_bucket{le="+Inf",trigger="pod"} 8
took_sum{trigger="pod"} 1
took_count{trigger="pod"} 8
took_bucket{le="0.001",trigger="policy"} 1
took_bucket{le="0.002",trigger="policy"} 1
took_bucket{le="+Inf",trigger="policy"} 1
other_bucket{le="0.001",trigger="pod"} 7
`;

Deno.test("a histogram is the sum of those whose label is asked for", () => {
  const pods = parseHistogram(text, "took", { label: "trigger", values: ["pod"] });
  deepEqual([...pods], [[0.001, 2], [0.002, 6], [Infinity, 8]]);
  const both = parseHistogram(text, "took", { label: "trigger", values: ["pod", "policy"] });
  deepEqual([...both], [[0.001, 3], [0.002, 7], [Infinity, 9]]);
  equal(countOf(both), 9);
  deepEqual([...differenceOf(pods, both).values()], [1, 1, 1]);
});

Deno.test("a quantile lies between the bounds of its bucket, at the last where it is above all", () => {
  const histogram = new Map([[1, 2], [2, 6], [Infinity, 8]]);
  equal(quantileOf(histogram, 0.5), 1.5);
  equal(quantileOf(histogram, 0.25), 1);
  equal(quantileOf(histogram, 0.99), 2);
  equal(quantileOf(new Map([[1, 0], [Infinity, 0]]), 0.5), undefined);
});
