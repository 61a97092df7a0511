import { monotonicMs } from "./clock.ts";
import { Tally } from "./tally.ts";
import type { FlowReport } from "./traffic_calls.ts";

/** A conversation that lasts, seen from both ends, which live in the same worker. */
export class Flow implements Disposable {
  readonly client = new Tally();
  readonly server = new Tally();
  readonly #resources = new DisposableStack();

  /** Makes something end with the flow. */
  onClose(close: () => void): void {
    this.#resources.defer(close);
  }

  /** How both ends stand now. */
  report(): FlowReport {
    const at = monotonicMs();
    return { client: this.client.report(at), server: this.server.report(at), at };
  }

  /** Ends it at both sides. */
  [Symbol.dispose](): void {
    this.#resources.dispose();
  }
}

/** What servers know of what arrives: flows by number, and how much of each flood has come. */
export class Arrivals {
  /** number of a flow -> flow */
  readonly flows = new Map<number, Flow>();
  /** number of a flood -> datagrams */
  readonly floods = new Map<number, number>();

  /** Counts a datagram of a flood. */
  countFlood(subject: number): void {
    this.floods.set(subject, (this.floods.get(subject) ?? 0) + 1);
  }
}
