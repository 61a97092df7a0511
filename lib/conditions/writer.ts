import { getLogger } from "@logtape/logtape";
import { policyName } from "../model/policy_name.ts";
import type { ApiClient } from "../watch/api_client.ts";
import { ApiError } from "../watch/api_error.ts";
import { ask } from "../watch/ask.ts";
import { sleep } from "../watch/backoff.ts";
import { readText } from "../watch/body.ts";
import { SilenceError } from "../watch/silence_error.ts";
import type { ObservedSinks } from "../watch/sink.ts";
import type { Want } from "./board.ts";
import { type Outcome, outcomeOf, problemOf } from "./outcome.ts";
import { makePatch } from "./patch.ts";
import { Plan, type PlanOptions, type PlanTiming } from "./plan.ts";

const logger = getLogger(["hedgerow", "conditions"]);

/** For how long a writer waits for what, in ms. */
export interface WriterTiming extends PlanTiming {
  /** For an answer. */
  readonly answerMs: number;
}

/** What is right for a real server with thousands of agents. */
const realTiming: WriterTiming = {
  soonMs: 5000,
  lateMs: 600_000,
  answerMs: 30_000,
  unavailableMs: [1000, 60_000],
  mendMs: [60_000, 600_000],
  maxRetryAfterMs: 60_000,
};

/** What a writer is made with. */
export interface WriterOptions {
  /** Told of the policies as if there were no writer. */
  readonly sinks: PlanOptions["sinks"];
  /** What differs from what is right for a real server with thousands of agents. */
  readonly timing?: Partial<WriterTiming>;
  /** From 0 to 1; `Math.random` where there is none. */
  readonly random?: () => number;
}

interface Connection {
  readonly client: ApiClient;
  readonly signal: AbortSignal;
}

/** How writing fares. */
export interface WriterStatus {
  /** outcome -> how often */
  readonly writes: ReadonlyMap<Outcome, number>;
  /** Why conditions that are wanted are not written, a line each; empty: all is well. */
  readonly problems: readonly string[];
}

/**
 * Writes the conditions of policies where they are not what they should be. Every node's agent
 * would write the same: the first one does, after a wait by chance, and the others see by their
 * watch that nothing is left to do. Nothing that goes wrong here is more than told.
 */
export class Writer {
  readonly #plan: Plan;
  readonly #answerMs: number;
  readonly #writes = new Map<Outcome, number>();

  /** Nothing is written until it runs. */
  constructor({ sinks, timing: special, random = Math.random }: WriterOptions) {
    const timing = { ...realTiming, ...special };
    this.#plan = new Plan({ sinks, timing, random, now: () => performance.now() });
    this.#answerMs = timing.answerMs;
  }

  /** What a source is to tell, in place of the sinks that it was made with. */
  get sinks(): ObservedSinks {
    return this.#plan.sinks;
  }

  /** How it fares at this moment. */
  get status(): WriterStatus {
    return { writes: new Map(this.#writes), problems: this.#plan.problems };
  }

  /** Writes what there is to write until the signal aborts. */
  async run(client: ApiClient, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const want = this.#plan.next();
      if (want === undefined) await sleep(this.#plan.restMs, signal);
      else await this.#write(want, { client, signal });
    }
  }

  async #write(want: Want, connection: Connection): Promise<void> {
    const { client, signal } = connection;
    const { generation } = client;
    try {
      await this.#send(want, connection);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof SilenceError) client.renew(generation);
      return this.#failed(want, error);
    }
    this.#count("written");
    this.#plan.written(want);
    logger.debug("Wrote the conditions of {name}", { name: policyName(want.observed.policy) });
  }

  async #send(want: Want, { client, signal }: Connection): Promise<void> {
    const task = `write the conditions of ${policyName(want.observed.policy)}`;
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const { path, body } = makePatch(want, now);
    await ask({ task, limitMs: this.#answerMs, signal }, async (watchdog) => {
      const answer = await client.apply(path, body, watchdog.signal);
      await readText(answer.body); // so that the connection can be used again
    });
  }

  #failed(want: Want, error: unknown): void {
    const outcome = outcomeOf(error);
    const problem = problemOf(error, want);
    this.#count(outcome);
    if (problem !== undefined) this.#tell(problem);
    const askedMs = error instanceof ApiError ? error.retryAfterMs ?? 0 : 0;
    this.#plan.failed(want, { outcome, problem, askedMs });
  }

  /** Logged once for all policies, for as long as it stays the same. */
  #tell(problem: string): void {
    const level = this.#plan.problems.includes(problem) ? "debug" : "warning";
    logger[level]("Conditions are not written: {problem}", { problem });
  }

  #count(outcome: Outcome): void {
    this.#writes.set(outcome, (this.#writes.get(outcome) ?? 0) + 1);
  }
}
