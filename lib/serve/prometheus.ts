import type * as prometheus from "prom-client";
import counter from "prom-client/lib/counter.js";
import gauge from "prom-client/lib/gauge.js";
import histogram from "prom-client/lib/histogram.js";
import registry from "prom-client/lib/registry.js";

// The parts of prom-client that are in use. With the whole of it come Node's HTTP, its clusters and
// metrics of the process: 2.5 MB.

/** Counts up. */
export const Counter: typeof prometheus.Counter = counter;

/** Goes up and down. */
export const Gauge: typeof prometheus.Gauge = gauge;

/** Counts by size. */
export const Histogram: typeof prometheus.Histogram = histogram;

/** Holds metrics and prints them. */
export const Registry: typeof prometheus.Registry = registry;
