import { getLogger } from "@logtape/logtape";

const logger = getLogger(["hedgerow", "reconcile"]);

/** After a failure the next try waits this long, then twice as long, and so on, in ms. */
const firstRetryMs = 250;
const lastRetryMs = 10_000;

/** Something that is tried again, later and later, while it fails. */
export class Attempts {
  readonly #what: string;
  #retryAt = 0;
  #retryMs = firstRetryMs;
  #lastError: string | undefined;
  #failures = 0;

  /** `what` follows "Cannot" in the log. */
  constructor(what: string) {
    this.#what = what;
  }

  /** When it may be tried, as `performance.now()`: whatever happens meanwhile, not earlier. */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** Why it failed at last; undefined when it succeeded. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** How often it has failed in all. */
  get failures(): number {
    return this.#failures;
  }

  /** Tries it; a failure is told, and not thrown. */
  async run(step: () => Promise<void>): Promise<void> {
    try {
      await step();
      this.#lastError = undefined;
      this.#retryAt = 0;
      this.#retryMs = firstRetryMs;
    } catch (error) {
      this.#failures++;
      this.#lastError = error instanceof Error ? error.message : String(error);
      this.#retryAt = performance.now() + this.#retryMs;
      this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
      logger.error("Cannot {what}: {error}", { what: this.#what, error });
    }
  }

  /** It may be tried at once. */
  hurry(): void {
    this.#retryAt = 0;
  }
}
