import type { IpAddress } from "../model/address.ts";
import { type Datagrams, openTowards, type Sender } from "./datagrams.ts";

/** A way on which nothing has come in so many turns of so many ms has nothing on it. */
const lull = { turns: 5, ms: 10 };

/** Tells when an answer may go on to its pod, and whether. */
export type Judge = (message: Uint8Array, pod: Sender) => Promise<boolean>;

/** A socket for the answers of one resolver, each of which goes back to where it seems to be from. */
export class Way {
  readonly #socket: Datagrams;
  /** What has come and has not gone on yet. */
  readonly #held: Set<Promise<void>>;
  #come = 0;

  private constructor(socket: Datagrams, held: Set<Promise<void>>) {
    this.#socket = socket;
    this.#held = held;
  }

  /** Opens a way for a resolver's answers. */
  static async open(resolver: IpAddress, judge: Judge): Promise<Way> {
    const held = new Set<Promise<void>>();
    const socket = await openTowards(resolver, (message, pod) => {
      way.#come++;
      const passing = way.#pass(message, pod, judge).finally(() => held.delete(passing));
      held.add(passing);
    });
    const way = new Way(socket, held);
    return way;
  }

  /** The port that it has. */
  get port(): number {
    return this.#socket.port;
  }

  /** Ends when what has come by now has gone on. */
  async settled(): Promise<void> {
    await Promise.all(this.#held);
  }

  /** Closes it, once nothing comes any more and what has come has gone on. */
  async close(): Promise<void> {
    let before: number;
    do {
      before = this.#come;
      // Who was not let run for long has to look before it knows that nothing came.
      for (let i = 0; i < lull.turns; i++) {
        await new Promise((resolve) => setTimeout(resolve, lull.ms));
      }
      await this.settled();
    } while (this.#come > before);
    this.#socket[Symbol.dispose]();
  }

  async #pass(message: Uint8Array, pod: Sender, judge: Judge): Promise<void> {
    if (await judge(message, pod)) this.#socket.send(message, pod);
  }
}
