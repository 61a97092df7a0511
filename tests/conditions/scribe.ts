import { Writer, type WriterStatus, type WriterTiming } from "../../lib/conditions/writer.ts";
import type { ClusterNetworkPolicy } from "../../lib/model/cluster_network_policy.ts";
import { ApiClient } from "../../lib/watch/api_client.ts";
import { Reflector } from "../../lib/watch/reflector.ts";
import {
  adminNetworkPolicies,
  baselineAdminNetworkPolicies,
  clusterNetworkPolicies,
  withStatus,
} from "../../lib/watch/resources.ts";
import { until } from "../lab/clock.ts";
import { accessTo, quick } from "../watch/follower.ts";
import { RecordingSink } from "../watch/recording_sink.ts";

/** What a scribe is made with. */
export interface ScribeOptions {
  /** The URL of its API server. */
  readonly url: string;
  /** What differs from a timing that is quick, and yields for long. */
  readonly timing?: Partial<WriterTiming>;
}

/** What an agent does to write conditions, and nothing else of an agent. */
export class Scribe implements AsyncDisposable {
  /** Told of the ClusterNetworkPolicies, as a store is. */
  readonly sink: RecordingSink<ClusterNetworkPolicy>;
  readonly #writer: Writer;
  readonly #client: ApiClient;
  readonly #abort = new AbortController();
  readonly #running: Promise<unknown>;

  private constructor({ timing = {} }: ScribeOptions, client: ApiClient) {
    this.sink = new RecordingSink();
    this.#client = client;
    const sinks = {
      clusterNetworkPolicies: this.sink,
      adminNetworkPolicies: new RecordingSink<ClusterNetworkPolicy>(),
      baselineAdminNetworkPolicies: new RecordingSink<ClusterNetworkPolicy>(),
    };
    const quickly = { soonMs: 20, unavailableMs: [5, 40], mendMs: [5, 40] } as const;
    this.#writer = new Writer({ sinks, timing: { ...quickly, ...timing } });
    const reflectors = ([
      [clusterNetworkPolicies, "clusterNetworkPolicies"],
      [adminNetworkPolicies, "adminNetworkPolicies"],
      [baselineAdminNetworkPolicies, "baselineAdminNetworkPolicies"],
    ] as const).map(([resource, name]) =>
      new Reflector(withStatus(resource), { client, timing: quick, sink: this.#writer.sinks[name] })
    );
    const { signal } = this.#abort;
    const following = reflectors.map((reflector) => reflector.run(signal));
    this.#running = Promise.all([...following, this.#writer.run(client, signal)]);
  }

  /** Begins to follow a server, and to write. */
  static async of(options: ScribeOptions): Promise<Scribe> {
    const client = await ApiClient.open(() => Promise.resolve(accessTo(options.url)));
    return new Scribe(options, client);
  }

  /** How its writing fares. */
  get status(): WriterStatus {
    return this.#writer.status;
  }

  /** Tells its connections apart. */
  get generation(): number {
    return this.#client.generation;
  }

  /** How often an attempt came to this. */
  writes(outcome: Parameters<WriterStatus["writes"]["get"]>[0]): number {
    return this.status.writes.get(outcome) ?? 0;
  }

  /** Waits until an attempt came to this. */
  async until(outcome: Parameters<WriterStatus["writes"]["get"]>[0], times = 1): Promise<void> {
    await until(`${outcome} ${times} times`, () => this.writes(outcome) >= times);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#running;
    this.#client.close();
  }
}
