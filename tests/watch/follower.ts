import type { Access } from "../../lib/watch/access.ts";
import { ApiClient } from "../../lib/watch/api_client.ts";
import type { Identified } from "../../lib/watch/known.ts";
import { Reflector } from "../../lib/watch/reflector.ts";
import type { ReflectorTiming } from "../../lib/watch/reflector_options.ts";
import type { ReflectorStatus, RestartReason } from "../../lib/watch/reflector_status.ts";
import { pods, type Resource } from "../../lib/watch/resources.ts";
import type { Pod } from "../../lib/model/cluster.ts";
import type { ApiServer } from "../apiserver/api_server.ts";
import { until } from "../lab/clock.ts";
import { RecordingSink } from "./recording_sink.ts";

/** Everything is waited for, but not for long. The watchdog of watches is for those who ask. */
export const quick: Partial<ReflectorTiming> = {
  streamedListMs: 400,
  minBackoffMs: 10,
  maxBackoffMs: 80,
  maxUnreachableMs: 80,
};

/** What a follower is made with. */
export interface FollowerOptions {
  /** How the server is reached; plain, at its own URL, where nothing is said. */
  readonly load?: () => Promise<Access>;
  /** What differs from `quick`. */
  readonly timing?: Partial<ReflectorTiming>;
}

/** A running reflector, and the sink that it feeds. */
export class Follower<T extends Identified> implements AsyncDisposable {
  readonly sink: RecordingSink<T>;
  readonly client: ApiClient;
  readonly #reflector: Reflector<T>;
  readonly #abort = new AbortController();
  readonly #running: Promise<void>;

  private constructor(
    resource: Resource<T>,
    { client, timing }: { client: ApiClient; timing: Partial<ReflectorTiming> },
  ) {
    this.sink = new RecordingSink();
    this.client = client;
    this.#reflector = new Reflector(resource, { client, timing, sink: this.sink });
    this.#running = this.#reflector.run(this.#abort.signal);
  }

  /** Begins to follow a resource. */
  static async of<T extends Identified>(
    resource: Resource<T>,
    load: () => Promise<Access>,
    timing: Partial<ReflectorTiming> = {},
  ): Promise<Follower<T>> {
    const client = await ApiClient.open(load);
    return new Follower(resource, { client, timing: { ...quick, ...timing } });
  }

  /** Begins to follow a server's pods. */
  static async ofPods(
    server: ApiServer,
    { load, timing }: FollowerOptions = {},
  ): Promise<Follower<Pod>> {
    return await Follower.of(pods, load ?? (() => Promise.resolve(accessTo(server.url))), timing);
  }

  /** What the reflector tells of itself. */
  get status(): ReflectorStatus {
    return this.#reflector.status;
  }

  /** How often it began anew for a reason. */
  restarts(reason: RestartReason): number {
    return this.status.restarts.get(reason) ?? 0;
  }

  /** Waits until it has seen everything, and listens for more. */
  async untilSynced(): Promise<void> {
    await until("a watch is open", () => this.status.isSynced && this.status.isConnected);
  }

  /** Waits until these are the keys of what there is. */
  async untilKeys(...keys: readonly string[]): Promise<void> {
    const wanted = [...keys].sort().join(" ");
    await until(`there is: ${wanted}`, () => this.sink.keys.join(" ") === wanted);
  }

  /** Waits until it rejects; returns why. */
  async failed(): Promise<unknown> {
    try {
      await this.#running;
    } catch (error) {
      return error;
    } finally {
      this.client.close();
    }
    throw new Error("it came to its end without an error");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#running;
    this.client.close();
  }
}

/** How a server is reached that asks for nothing. */
export function accessTo(server: string, more: Partial<Access> = {}): Access {
  return {
    ...{ origin: "the test's settings", server, authorization: { kind: "none" } },
    tls: { authorities: undefined, isInsecure: false, serverName: undefined, client: undefined },
    ...more,
  };
}
