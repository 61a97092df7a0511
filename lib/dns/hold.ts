import type { IpAddress } from "../model/address.ts";
import type { HeldPath, HeldPaths } from "../model/held_paths.ts";
import type { DnsPaths } from "../model/node_policy.ts";
import { type Datagrams, openTowards, type Sender } from "./datagrams.ts";
import { type Answer, tryDecodeAnswer } from "./message.ts";

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
  readonly #sockets = new Map<IpAddress, Datagrams>();
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
      paths.push({ resolver, port: (await this.#socketFor(resolver)).port });
    }
    return { clients, paths };
  }

  /** From now on these pods and resolvers are all that there are: other ways are closed. */
  keepOnly({ clients, resolvers }: DnsPaths): void {
    this.#clients = new Set(clients);
    for (const [resolver, socket] of this.#sockets) {
      if (resolvers.includes(resolver)) continue;
      this.#sockets.delete(resolver);
      socket[Symbol.dispose]();
    }
  }

  /** Closes all ways. */
  close(): void {
    this.keepOnly({ clients: [], resolvers: [] });
  }

  async #socketFor(resolver: IpAddress): Promise<Datagrams> {
    const open = this.#sockets.get(resolver);
    if (open !== undefined) return open;
    const socket = await openTowards(resolver, (message, pod) => {
      void this.#pass(message, pod, socket);
    });
    this.#sockets.set(resolver, socket);
    return socket;
  }

  /** The kernel gives the answer its resolver's address again on its way from here to the pod. */
  async #pass(message: Uint8Array, pod: Sender, socket: Datagrams): Promise<void> {
    if (!this.#clients.has(pod.address)) return this.#count("refused");
    const answer = tryDecodeAnswer(message);
    const enforced = answer === undefined || answer.addresses.length === 0
      ? undefined
      : this.#learn(answer);
    if (enforced !== undefined) await atMost(mostHeldMs, enforced);
    this.#count(enforced === undefined ? "passed" : "held");
    if (this.#isOpen(socket)) socket.send(message, pod);
  }

  #isOpen(socket: Datagrams): boolean {
    return [...this.#sockets.values()].includes(socket);
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
