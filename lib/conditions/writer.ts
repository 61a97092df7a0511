import { getLogger } from "@logtape/logtape";
import { policyName } from "../model/policy_name.ts";
import type { ApiClient } from "../watch/api_client.ts";
import { ApiError } from "../watch/api_error.ts";
import { ask } from "../watch/ask.ts";
import { Backoff, sleep } from "../watch/backoff.ts";
import { readText } from "../watch/body.ts";
import { SilenceError } from "../watch/silence_error.ts";
import type { ObservedSinks } from "../watch/sink.ts";
import { Agenda } from "./agenda.ts";
import { Board, type BoardOptions, type Want } from "./board.ts";
import { explain, type Outcome, outcomeOf } from "./outcome.ts";
import { makePatch } from "./patch.ts";

const logger = getLogger(["hedgerow", "conditions"]);

/** For how long a writer waits for what, in ms. */
export interface WriterTiming {
  /** Until it looks at a policy that has changed: so long at least, and twice of it at most. */
  readonly soonMs: number;
  /** The same for a policy whose conditions somebody else has changed. */
  readonly lateMs: number;
  /** For an answer. */
  readonly answerMs: number;
  /** The first wait after the server could not be had, and the longest. */
  readonly unavailableMs: readonly [first: number, longest: number];
  /** The same after it said that we may not write: whoever forgot the right will not be quick. */
  readonly forbiddenMs: readonly [first: number, longest: number];
  /** The longest time that the server may ask us to wait. */
  readonly maxRetryAfterMs: number;
}

/** What is right for a real server with thousands of agents. */
const realTiming: WriterTiming = {
  soonMs: 5000,
  lateMs: 600_000,
  answerMs: 30_000,
  unavailableMs: [1000, 60_000],
  forbiddenMs: [60_000, 600_000],
  maxRetryAfterMs: 60_000,
};

/** What a writer is made with. */
export interface WriterOptions {
  /** Told of the policies as if there were no writer. */
  readonly sinks: BoardOptions["sinks"];
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
  readonly #agenda: Agenda;
  readonly #board: Board;
  readonly #timing: WriterTiming;
  readonly #random: () => number;
  readonly #unavailable: Backoff;
  readonly #forbidden: Backoff;
  readonly #writes = new Map<Outcome, number>();
  /** policy -> what keeps its conditions from being written */
  readonly #problems = new Map<string, string>();

  /** Nothing is written until it runs. */
  constructor({ sinks, timing, random = Math.random }: WriterOptions) {
    this.#timing = { ...realTiming, ...timing };
    this.#random = random;
    const { soonMs, lateMs } = this.#timing;
    this.#agenda = new Agenda({ soonMs, lateMs, random, now: () => performance.now() });
    this.#board = new Board({ sinks, agenda: this.#agenda });
    this.#unavailable = this.#backoff(this.#timing.unavailableMs);
    this.#forbidden = this.#backoff(this.#timing.forbiddenMs);
  }

  /** What a source is to tell, in place of the sinks that it was made with. */
  get sinks(): ObservedSinks {
    return this.#board.sinks;
  }

  /** How it fares at this moment. */
  get status(): WriterStatus {
    return { writes: new Map(this.#writes), problems: [...new Set(this.#problems.values())] };
  }

  /** Writes what there is to write until the signal aborts. */
  async run(client: ApiClient, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await sleep(await this.#turn(client, signal), signal);
  }

  /** Looks at one policy; returns how long there is nothing to do. */
  async #turn(client: ApiClient, signal: AbortSignal): Promise<number> {
    if (!this.#board.isSynced) return this.#agenda.leastMs;
    const name = this.#agenda.take();
    if (name === undefined) return this.#agenda.restMs;
    const want = this.#board.wantOf(name);
    if (want !== undefined) return await this.#write(want, { client, signal });
    this.#problems.delete(name); // somebody else has written them, or it is gone
    return 0;
  }

  /** Returns how long to leave the server alone. */
  async #write(want: Want, connection: Connection): Promise<number> {
    const { client, signal } = connection;
    const { generation } = client;
    const name = policyName(want.observed.policy);
    try {
      await this.#send(want, connection);
    } catch (error) {
      if (signal.aborted) return 0;
      if (error instanceof SilenceError) client.renew(generation);
      return this.#failed(want, error);
    }
    this.#count("written");
    this.#problems.delete(name);
    this.#unavailable.reset();
    this.#forbidden.reset();
    logger.debug("Wrote the conditions of {name}", { name });
    return 0; // the watch will tell that they stand there
  }

  async #send(want: Want, { client, signal }: Connection): Promise<void> {
    const task = `write the conditions of ${policyName(want.observed.policy)}`;
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const { path, body } = makePatch(want, now);
    await ask({ task, limitMs: this.#timing.answerMs, signal }, async (watchdog) => {
      const answer = await client.apply(path, body, watchdog.signal);
      await readText(answer.body); // so that the connection can be used again
    });
  }

  #failed(want: Want, error: unknown): number {
    const name = policyName(want.observed.policy);
    const outcome = outcomeOf(error);
    this.#count(outcome);
    if (outcome !== "conflict") this.#tell(name, explain(error, want));
    if (outcome === "gone" || outcome === "refused") this.#agenda.late(name);
    else this.#agenda.soon(name);
    switch (outcome) {
      case "forbidden":
        return this.#forbidden.next();
      case "unavailable":
        return this.#waitAfter(error);
      default:
        return 0;
    }
  }

  #waitAfter(error: unknown): number {
    const askedMs = error instanceof ApiError ? error.retryAfterMs ?? 0 : 0;
    const capMs = this.#timing.maxRetryAfterMs;
    // All agents were asked the same: so that they do not come back in the same moment.
    const waitMs = Math.min(askedMs, capMs) * (1 + this.#random() / 4);
    return Math.max(this.#unavailable.next(), waitMs);
  }

  /** Logged once for all policies, for as long as it stays the same. */
  #tell(name: string, problem: string): void {
    const isNews = !this.#problems.values().some((known) => known === problem);
    this.#problems.set(name, problem);
    const level = isNews ? "warning" : "debug";
    logger[level]("Conditions are not written: {problem}", { problem });
  }

  #count(outcome: Outcome): void {
    this.#writes.set(outcome, (this.#writes.get(outcome) ?? 0) + 1);
  }

  #backoff([minMs, maxMs]: readonly [number, number]): Backoff {
    return new Backoff({ minMs, maxMs, random: this.#random });
  }
}
