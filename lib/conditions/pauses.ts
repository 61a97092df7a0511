// This module is pure.
import { Backoff } from "../watch/backoff.ts";

/** How long to leave something alone, in ms: after it failed once, and at most. */
export type PauseRange = readonly [first: number, longest: number];

/** What pauses are made with. */
export interface PausesOptions {
  /** From 0 to 1, as `Math.random()`. */
  readonly random: () => number;
  /** The clock, as `performance.now()`. */
  readonly now: () => number;
}

interface Pause {
  readonly backoff: Backoff;
  readonly until: number;
}

/** For how long things are left alone that have failed: longer each time, until they succeed. */
export class Pauses {
  readonly #options: PausesOptions;
  /** what -> its pause, be it over or not */
  readonly #pauses = new Map<string, Pause>();

  /** Nothing has failed yet. */
  constructor(options: PausesOptions) {
    this.#options = options;
  }

  /** Something failed. It is left alone for `leastMs` in any case. */
  begin(what: string, [minMs, maxMs]: PauseRange, leastMs = 0): void {
    const { random, now } = this.#options;
    const backoff = this.#pauses.get(what)?.backoff ?? new Backoff({ minMs, maxMs, random });
    this.#pauses.set(what, { backoff, until: now() + Math.max(backoff.next(), leastMs) });
  }

  /** Something succeeded, or is no more. */
  end(what: string): void {
    this.#pauses.delete(what);
  }

  /** For how long something is still to be left alone, in ms. */
  restMs(what: string): number {
    const { until = 0 } = this.#pauses.get(what) ?? {};
    return Math.max(0, until - this.#options.now());
  }
}
