interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** As many turns of promises as anything here takes before it waits for a timer again. */
const turns = 50;

/**
 * Takes the place of the timers and of `performance.now()` until it is disposed of: time passes when
 * it is told to, and no faster than what hangs on it comes about.
 */
export class ShamTime implements Disposable {
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  readonly #timers = new Map<number, Timer>();
  #now = 0;
  #last = 0;

  /** Time stands still from now on. */
  constructor() {
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms = 0) => this.#set(run, ms),
      clearTimeout: (id: number) => void this.#timers.delete(id),
    });
    performance.now = () => this.#now;
  }

  /** The time, in ms since it began. */
  get now(): number {
    return this.#now;
  }

  /** Lets so many ms pass. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const [id, timer] = [...this.#timers].reduce<[number, Timer | undefined]>(
        (first, next) => next[1].at < (first[1]?.at ?? Infinity) ? next : first,
        [0, undefined],
      );
      if (timer === undefined || timer.at > end) break;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, timer.at);
      timer.run();
      await settle();
    }
    this.#now = end;
  }

  /** Things are as before. */
  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
    Reflect.deleteProperty(performance, "now");
  }

  #set(run: () => void, ms: number): number {
    this.#timers.set(++this.#last, { at: this.#now + ms, run });
    return this.#last;
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < turns; i++) await Promise.resolve();
}
