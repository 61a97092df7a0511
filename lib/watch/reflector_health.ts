import { getLogger } from "@logtape/logtape";
import { ApiError } from "./api_error.ts";
import type { RestartReason } from "./reflector_status.ts";
import type { Resource } from "./resources.ts";
import { SilenceError } from "./silence_error.ts";
import type { Trouble } from "./trouble.ts";

const logger = getLogger(["hedgerow", "watch"]);

/** Whether a kind can be followed at this moment, and what kept it from that. */
export class ReflectorHealth {
  readonly #kind: string;
  readonly #isOptional: boolean;
  #isServed = false;
  readonly #restarts = new Map<RestartReason, number>();
  #awaySince: number | undefined;
  #absentSince: number | undefined;
  #lastHeardAt: number | undefined;
  #lastError: string | undefined;
  #parseErrors = 0;

  /** Nothing is known against it yet. */
  constructor({ name, isOptional }: Pick<Resource<unknown>, "name" | "isOptional">) {
    this.#kind = name;
    this.#isOptional = isOptional;
  }

  /** reason -> how often it was begun anew for it */
  get restarts(): ReadonlyMap<RestartReason, number> {
    return this.#restarts;
  }

  /** Since when it cannot be followed, as `performance.now()`; undefined while it can. */
  get awaySince(): number | undefined {
    return this.#awaySince;
  }

  /** Since when there has been no answer at all, as `performance.now()`; undefined: there was. */
  get absentSince(): number | undefined {
    return this.#absentSince;
  }

  /** When anything was heard last, as `performance.now()`. */
  get lastHeardAt(): number | undefined {
    return this.#lastHeardAt;
  }

  /** The last trouble, also one that is over. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** How often there came what could not be read. */
  get parseErrors(): number {
    return this.#parseErrors;
  }

  /** Something has arrived. */
  heard(at: number): void {
    this.#lastHeardAt = at;
  }

  /** Counts why it has to begin anew. */
  count(reason: RestartReason): void {
    this.#restarts.set(reason, (this.#restarts.get(reason) ?? 0) + 1);
  }

  /** It cannot be followed. Logged once, and again where the reason is another. */
  away(error: Trouble, reason: RestartReason): void {
    this.count(reason);
    if (reason === "garbled") this.#parseErrors++;
    const message = this.#explain(error);
    const level = this.#awaySince === undefined || this.#lastError !== message
      ? "warning"
      : "debug";
    this.#awaySince ??= error instanceof SilenceError ? error.heardAt : performance.now();
    if (reason === "unreachable") this.#absentSince ??= performance.now();
    this.#lastError = message;
    logger[level]("Not following {kind} ({reason}): {error}", {
      ...{ kind: this.#kind, reason, error: message },
    });
  }

  /** It is followed, from version `version` on. */
  back(version: string | undefined): void {
    this.#isServed = true;
    this.#absentSince = undefined;
    if (this.#awaySince === undefined) return;
    const awayMs = Math.round(performance.now() - this.#awaySince);
    this.#awaySince = undefined;
    logger.info("Following {kind} again from {version} after {awayMs} ms", {
      ...{ kind: this.#kind, version, awayMs },
    });
  }

  /** The server says that there is no such kind: that is no trouble, and news only once. */
  unserved(): void {
    const level = this.#isServed || this.#awaySince !== undefined ? "info" : "debug";
    this.#isServed = false;
    this.#absentSince = undefined;
    this.#awaySince = undefined;
    logger[level]("The server has no {kind}", { kind: this.#kind });
  }

  /**
   * The server looks at what we may do before it looks at what there is. So 403 may hide policies,
   * and without the right nothing can be said of a kind, not even that there is none.
   */
  #explain(error: Trouble): string {
    const isForbidden = error instanceof ApiError && error.status === 403;
    if (!this.#isOptional || !isForbidden) return error.message;
    return `${error.message} (see deploy/rbac.yaml: it is needed also where the kind is not installed)`;
  }
}
