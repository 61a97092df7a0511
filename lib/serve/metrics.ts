import type * as prometheus from "prom-client";
import counter from "prom-client/lib/counter.js";
import gauge from "prom-client/lib/gauge.js";
import histogram from "prom-client/lib/histogram.js";
import registry from "prom-client/lib/registry.js";
import type { Trigger } from "../cluster/changes.ts";
import { counters, gauges, type Reading } from "./readings.ts";
import type { AgentStatus } from "./status.ts";

// With the whole of prom-client come Node's HTTP, its clusters and metrics of the process: 2.5 MB.
const Counter: typeof prometheus.Counter = counter;
const Gauge: typeof prometheus.Gauge = gauge;
const Histogram: typeof prometheus.Histogram = histogram;
const Registry: typeof prometheus.Registry = registry;

/** From a third of a millisecond, one change in the kept session, to what nobody wants to see. */
const buckets = [
  .0005,
  .001,
  .002,
  .003,
  .005,
  .0075,
  .01,
  .015,
  .02,
  .05,
  .1,
  .2,
  .5,
  1,
  2,
  5,
  10,
  30,
];

/** Where metrics come from. */
export interface MetricsOptions {
  /** How the agent fares. */
  readonly status: () => AgentStatus;
  /** Reads how many packets the kernel has dropped that came by pods' interfaces, by why. */
  readonly drops: () => Promise<ReadonlyMap<string, number>>;
}

/** The agent's metrics, in the text form that Prometheus reads. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #enforced: prometheus.Histogram<"trigger">;
  readonly #added: prometheus.Histogram<"result">;

  /** Everything is asked for each time that the metrics are. */
  constructor({ status, drops }: MetricsOptions) {
    this.#enforced = new Histogram({
      name: "hedgerow_event_to_kernel_seconds",
      help: "From an event received to its transaction committed.",
      labelNames: ["trigger"],
      buckets,
      registers: [this.#registry],
    });
    this.#added = new Histogram({
      name: "hedgerow_cni_add_seconds",
      help: "The agent's part of a CNI ADD: from the request to the answer.",
      labelNames: ["result"],
      buckets,
      registers: [this.#registry],
    });
    this.#drops(drops);
    for (const reading of counters) this.#counter(reading, status);
    for (const reading of gauges) this.#gauge(reading, status);
  }

  /** Counts the time in `hedgerow_event_to_kernel_seconds`. */
  enforced(trigger: Trigger, ms: number): void {
    this.#enforced.observe({ trigger }, ms / 1000);
  }

  /** Counts the time of an ADD in `hedgerow_cni_add_seconds`. */
  added(isEnforced: boolean, ms: number): void {
    this.#added.observe({ result: isEnforced ? "enforced" : "refused" }, ms / 1000);
  }

  /** The content type of the text. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics as they are now. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #drops(read: MetricsOptions["drops"]): void {
    new Counter({
      name: "hedgerow_guard_drops_total",
      help: "Packets that came by pods' interfaces and were dropped for it, by why; of the table.",
      labelNames: ["reason"],
      registers: [this.#registry],
      async collect(): Promise<void> {
        const counts = await read();
        this.reset();
        for (const [reason, count] of counts) this.inc({ reason }, count);
      },
    });
  }

  #counter({ read, ...config }: Reading, status: () => AgentStatus): void {
    new Counter({
      ...config,
      labelNames: [...config.labels],
      registers: [this.#registry],
      collect(): void {
        this.reset();
        for (const [labels, value] of read(status())) this.inc(labels, value);
      },
    });
  }

  #gauge({ read, ...config }: Reading, status: () => AgentStatus): void {
    new Gauge({
      ...config,
      labelNames: [...config.labels],
      registers: [this.#registry],
      collect(): void {
        this.reset();
        for (const [labels, value] of read(status())) this.set(labels, value);
      },
    });
  }
}
