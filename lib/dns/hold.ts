import type { IpAddress } from "../model/address.ts";
import type { HeldPath, HeldPaths } from "../model/held_paths.ts";
import type { DnsPaths } from "../model/node_policy.ts";
import type { Sender } from "./datagrams.ts";
import { type Answer, tryDecodeAnswer } from "./message.ts";
import { Way } from "./way.ts";

/** An answer waits for the kernel for so long at most, in ms: resolvers of pods wait for 5 s. */
const mostHeldMs = 2000;

/** What became of the answers that came to us. */
export interface HeldCounts {
  /** Waited for the kernel before they went on. */
  readonly held: number;
  /** Told nothing that is of interest. */
  readonly passed: number;
  /** Came from somebody who is no pod that names are of interest for: dropped. */
  readonly refused: number;
}

/** Takes what an answer tells; the promise ends when that is in the kernel, undefined: no news. */
export type Learn = (answer: Answer) => Promise<void> | undefined;

/**
 * Answers on their way to pods, which the kernel sends here first. Each goes on when its addresses
 * are in the kernel, so that the pod's first packet to them finds the way open.
 */
export class Hold {
  readonly #learn: Learn;
  readonly #ways = new Map<IpAddress, Way>();
  #clients: ReadonlySet<string> = new Set();
  #counts = { held: 0, passed: 0, refused: 0 };

  /** No socket is opened before it is asked for. */
  constructor(learn: Learn) {
    this.#learn = learn;
  }

  /** What became of answers so far. */
  get counts(): HeldCounts {
    return this.#counts;
  }

  /** Opens ways, beside those that are open, and returns the ports that they lead to. */
  async open({ clients, resolvers }: DnsPaths): Promise<HeldPaths> {
    this.#clients = new Set([...this.#clients, ...clients]);
    const paths: HeldPath[] = [];
    for (const resolver of resolvers) {
      paths.push({ resolver, port: (await this.#wayOf(resolver)).port });
    }
    return { clients, paths };
  }

  /** Ends when what has come by now from resolvers that are none of these has gone on. */
  async settled({ resolvers }: DnsPaths): Promise<void> {
    await Promise.all(this.#others(resolvers).map(([, way]) => way.settled()));
  }

  /**
   * From now on these pods and resolvers are all that there are: other ways are closed when what is
   * on them has gone on.
   */
  keepOnly({ clients, resolvers }: DnsPaths): void {
    this.#clients = new Set(clients);
    for (const [resolver, way] of this.#others(resolvers)) {
      this.#ways.delete(resolver);
      void way.close();
    }
  }

  /** Closes all ways, when what is on them has gone on. */
  async close(): Promise<void> {
    await Promise.all([...this.#ways.values()].map((way) => way.close()));
    this.#ways.clear();
  }

  #others(resolvers: readonly IpAddress[]): readonly (readonly [IpAddress, Way])[] {
    return [...this.#ways].filter(([resolver]) => !resolvers.includes(resolver));
  }

  async #wayOf(resolver: IpAddress): Promise<Way> {
    const open = this.#ways.get(resolver);
    if (open !== undefined) return open;
    const way = await Way.open(resolver, (message, pod) => this.#judge(message, pod));
    this.#ways.set(resolver, way);
    return way;
  }

  /** The kernel gives the answer its resolver's address again on its way from here to the pod. */
  async #judge(message: Uint8Array, pod: Sender): Promise<boolean> {
    if (!this.#clients.has(pod.address)) {
      this.#count("refused");
      return false;
    }
    const answer = tryDecodeAnswer(message);
    const enforced = answer === undefined || answer.addresses.length === 0
      ? undefined
      : this.#learn(answer);
    if (enforced !== undefined) await atMost(mostHeldMs, enforced);
    this.#count(enforced === undefined ? "passed" : "held");
    return true;
  }

  #count(what: keyof HeldCounts): void {
    this.#counts = { ...this.#counts, [what]: this.#counts[what] + 1 };
  }
}

/** Waits for a task, or for so long. */
async function atMost(ms: number, task: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([task, promise]);
  clearTimeout(timer);
}
