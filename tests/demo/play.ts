import type { Cluster } from "../lab/cluster.ts";
import { monotonicMs } from "../lab/clock.ts";
import { type Cell, measureMatrix } from "../lab/matrix.ts";
import { Connections } from "./connections.ts";
import { Latency } from "./latency.ts";
import type { Outcome } from "./report.ts";
import { targets } from "./stage.ts";
import { type Step, steps } from "./steps.ts";

const examples = new URL("../../deploy/examples/", import.meta.url);

/** Plays the steps on a cluster, one after the other. */
export class Play implements AsyncDisposable {
  readonly #cluster: Cluster;
  readonly #connections = new Connections();
  readonly #latency: Latency;
  #before: readonly Cell[] | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#latency = new Latency(cluster.agents);
  }

  /** Does a step, waits until the kernels have it, and measures what came of it. */
  async step(step: Step): Promise<Outcome> {
    await this.#latency.take(); // what came before is no affair of this step
    const eventAt = monotonicMs();
    step.act(this.#cluster, readExample);
    await this.#cluster.settled();
    const fates = await this.#connections.fates(eventAt, step.cuts ?? []);
    const latencies = await this.#latency.take();
    const cells = await measureMatrix(this.#cluster, targets);
    const outcome = {
      ...{ step, cells, latencies, fates },
      number: steps.indexOf(step) + 1,
      before: this.#before,
    };
    this.#before = cells;
    if (step.opens) await this.#connections.open(this.#cluster.lab);
    if (step.cuts) await this.#connections[Symbol.asyncDispose]();
    return outcome;
  }

  /** Closes its connections; the cluster is somebody else's. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections[Symbol.asyncDispose]();
  }
}

function readExample(name: string): string {
  return Deno.readTextFileSync(new URL(`${name}.yaml`, examples));
}
