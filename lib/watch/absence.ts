import { ask } from "./ask.ts";
import { isServed } from "./discovery.ts";
import type { ReflectorOptions, ReflectorTiming } from "./reflector_options.ts";
import type { Resource } from "./resources.ts";

/** What it takes to look for a kind. */
export interface AbsenceOptions {
  /** The kind. */
  readonly resource: Resource<unknown>;
  /** Asks the server. */
  readonly client: ReflectorOptions<unknown>["client"];
  /** For how long what is waited for. */
  readonly timing: Pick<ReflectorTiming, "answerMs" | "absentMs">;
}

/** Whether a kind that is optional is not there, for as much as a server's word is worth. */
export class Absence {
  readonly #options: AbsenceOptions;
  /** Since when the server has been saying that it does not have the kind. */
  #since: number | undefined;

  /** Nobody has said yet that it is not there. */
  constructor(options: AbsenceOptions) {
    this.#options = options;
  }

  /**
   * Tells whether to believe that there is no such kind, where its path was not found. Who deletes
   * a CRD deletes its objects first, and we are told: where we know of objects, it may be that the
   * server has just begun and does not know all its kinds yet.
   *
   * @param size How many objects are known.
   * @throws {OtherVersionError} where it is there, and its objects are closed to us.
   */
  async isBelieved(size: number, signal: AbortSignal): Promise<boolean> {
    const { resource, client, timing: { answerMs, absentMs } } = this.#options;
    const isThere = await ask(
      { task: `look for ${resource.name}`, limitMs: answerMs, signal },
      (watchdog) => isServed(resource, { client, watchdog }),
    );
    const now = performance.now();
    this.#since = isThere ? undefined : this.#since ?? now;
    return this.#since !== undefined && (size === 0 || now - this.#since >= absentMs);
  }

  /** It is there, or nothing can be said: whoever says so the next time says so for the first. */
  end(): void {
    this.#since = undefined;
  }
}
