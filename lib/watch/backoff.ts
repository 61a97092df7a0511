/** How long to wait before the next attempt. */
export interface BackoffOptions {
  /** The first wait, before jitter. */
  readonly minMs: number;
  /** No wait is longer. */
  readonly maxMs: number;
  /** From 0 to 1, as `Math.random()`. */
  readonly random: () => number;
}

/** Waits that double with each attempt, each shortened by chance so that agents do not march. */
export class Backoff {
  readonly #options: BackoffOptions;
  #nextMs: number;

  /** Begins at the shortest wait. */
  constructor(options: BackoffOptions) {
    this.#options = options;
    this.#nextMs = options.minMs;
  }

  /** The next wait, in ms: half of its length at least, `capMs` at most. */
  next(capMs: number = this.#options.maxMs): number {
    const ms = Math.min(this.#nextMs, capMs);
    this.#nextMs = Math.min(ms * 2, this.#options.maxMs);
    return ms * (0.5 + this.#options.random() / 2);
  }

  /** There was success: the next wait is the shortest again. */
  reset(): void {
    this.#nextMs = this.#options.minMs;
  }
}

/** Waits; not any longer once the signal is aborted. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const wake = (): void => resolve();
  signal.addEventListener("abort", wake, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", wake);
}
