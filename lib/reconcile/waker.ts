/** Waits for a call or for a time, whichever comes first. A call that came earlier counts. */
export class Waker {
  #awake = false;
  #resolve: () => void = () => {};

  /** Ends the wait that is under way, or the next one. */
  wake(): void {
    this.#awake = true;
    this.#resolve();
  }

  /** Waits for `wake`, for `ms` milliseconds at most. Others have their turn in any case. */
  async wait(ms: number): Promise<void> {
    if (!this.#awake) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#resolve = resolve;
      const timer = setTimeout(resolve, Math.max(0, ms));
      await promise;
      clearTimeout(timer);
    }
    this.#awake = false;
  }
}
