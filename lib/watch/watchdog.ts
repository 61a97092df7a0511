/** Ends a request on which nothing arrives for too long, or that nobody wants any more. */
export class Watchdog implements Disposable {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #onAbort = (): void => this.#controller.abort(this.#outer.reason);
  #limitMs: number;
  #heardAt = performance.now();
  #timer: ReturnType<typeof setTimeout>;
  #isSilent = false;

  /** `outer` ends the request too. */
  constructor(limitMs: number, outer: AbortSignal) {
    this.#limitMs = limitMs;
    this.#outer = outer;
    this.#timer = setTimeout(this.#look, limitMs);
    if (outer.aborted) this.#onAbort();
    else outer.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Aborted when nothing arrived for too long, or when the outer signal is. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True once it has ended the request for its silence. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** When something arrived last, as `performance.now()`; at first, when the watch began. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** For how long nothing need arrive. */
  get limitMs(): number {
    return this.#limitMs;
  }

  /** Something has arrived. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  /** Sets another limit from now on. */
  limit(limitMs: number): void {
    this.#limitMs = limitMs;
    this.heard();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#look, limitMs);
  }

  /** Ends the watch over silence; nothing is aborted by it. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#onAbort);
  }

  /** One timer for many arrivals: it looks when the last one was, and sleeps for the rest. */
  readonly #look = (): void => {
    const restMs = this.#heardAt + this.#limitMs - performance.now();
    if (restMs > 0) {
      this.#timer = setTimeout(this.#look, restMs);
      return;
    }
    this.#isSilent = true;
    this.#controller.abort(new Error(`nothing arrived for ${this.#limitMs} ms`));
  };
}
