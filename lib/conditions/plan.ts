// This module is pure.
import { policyName } from "../model/policy_name.ts";
import { Agenda, waitOf } from "./agenda.ts";
import { Board, type BoardOptions, type Want } from "./board.ts";
import type { Outcome } from "./outcome.ts";
import { type PauseRange, Pauses } from "./pauses.ts";

/** For how long a plan waits for what, in ms. */
export interface PlanTiming {
  /** Until a policy that has changed is looked at: so long at least, and twice of it at most. */
  readonly soonMs: number;
  /** The same for a policy whose conditions somebody else has changed. */
  readonly lateMs: number;
  /** After the server could not be had. */
  readonly unavailableMs: PauseRange;
  /** After what somebody has to mend, and will not be quick: a right that is not granted. */
  readonly mendMs: PauseRange;
  /** The longest time that the server may ask us to wait. */
  readonly maxRetryAfterMs: number;
}

/** What a plan is made with. */
export interface PlanOptions {
  /** Told of the policies as if there were no plan. */
  readonly sinks: BoardOptions["sinks"];
  /** How long it waits. */
  readonly timing: PlanTiming;
  /** From 0 to 1, as `Math.random()`. */
  readonly random: () => number;
  /** The clock, as `performance.now()`. */
  readonly now: () => number;
}

/** An attempt to write conditions that failed. */
export interface Failure {
  /** What came of it. */
  readonly outcome: Exclude<Outcome, "written">;
  /** For people; undefined where nothing is amiss. */
  readonly problem: string | undefined;
  /** How long the server asked us to wait, in ms. */
  readonly askedMs: number;
}

/** What is left alone when the server cannot be had. Kinds and policies have other names. */
const everything = "";

/**
 * Which conditions are to be written, and when. What fails holds up what it is about: a server
 * that is away holds up all, a right that is not granted its kind, and any other failure the one
 * policy.
 */
export class Plan {
  readonly #options: PlanOptions;
  readonly #agenda: Agenda;
  readonly #board: Board;
  /** `everything`, a kind, or a policy's name */
  readonly #pauses: Pauses;
  /** Kinds of which something could be written: what is forbidden there is so by itself. */
  readonly #granted = new Set<string>();
  /** policy -> what keeps its conditions from being written */
  readonly #problems = new Map<string, string>();

  /** Nothing is known yet. */
  constructor(options: PlanOptions) {
    const { sinks, timing: { soonMs, lateMs }, random, now } = options;
    this.#options = options;
    this.#agenda = new Agenda({ soonMs, lateMs, random, now });
    this.#board = new Board({ sinks, agenda: this.#agenda });
    this.#pauses = new Pauses({ random, now });
  }

  /** What a source is to tell, in place of the sinks that it was made with. */
  get sinks(): Board["sinks"] {
    return this.#board.sinks;
  }

  /** Why conditions that are wanted are not written, a line each; empty: all is well. */
  get problems(): readonly string[] {
    return [...new Set(this.#problems.values())];
  }

  /** For how long there is nothing to write, in ms, whatever the sinks are told meanwhile. */
  get restMs(): number {
    return this.#board.isSynced ? this.#agenda.restMs : this.#agenda.leastMs;
  }

  /** Takes what is to be written now; undefined: nothing is. */
  next(): Want | undefined {
    if (!this.#board.isSynced) return undefined;
    for (let name = this.#agenda.take(); name !== undefined; name = this.#agenda.take()) {
      const want = this.#board.wantOf(name);
      if (want === undefined) this.#settle(name); // somebody else has written them, or it is gone
      else {
        const restMs = Math.max(...scopesOf(want).map((scope) => this.#pauses.restMs(scope)));
        if (restMs === 0) {
          this.#board.attempt(want);
          return want;
        }
        this.#agenda.again(name, restMs);
      }
    }
    return undefined;
  }

  /** What was taken has been written. The watch will tell that it stands there. */
  written(want: Want): void {
    for (const scope of scopesOf(want)) this.#pauses.end(scope);
    this.#granted.add(want.observed.policy.kind);
    this.#settle(policyName(want.observed.policy));
  }

  /** What was taken could not be written. */
  failed({ observed: { policy } }: Want, { outcome, problem, askedMs }: Failure): void {
    const name = policyName(policy);
    if (problem === undefined) this.#problems.delete(name);
    else this.#problems.set(name, problem);
    const { timing, random } = this.#options;
    switch (outcome) {
      case "conflict":
        return this.#agenda.again(name, waitOf(timing.soonMs, random));
      case "gone":
      case "refused":
        return this.#agenda.again(name, waitOf(timing.lateMs, random));
      case "forbidden":
        return this.#pause(name, this.#granted.has(policy.kind) ? name : policy.kind);
      case "failed":
        return this.#pause(name, name);
      case "unavailable":
        return this.#pauseAll(name, askedMs);
      default:
        return outcome satisfies never;
    }
  }

  #pause(name: string, scope: string): void {
    this.#pauses.begin(scope, this.#options.timing.mendMs);
    this.#afterPause(name, scope);
  }

  #pauseAll(name: string, askedMs: number): void {
    const { timing, random } = this.#options;
    // All agents were asked the same: so that they do not come back in the same moment.
    const leastMs = Math.min(askedMs, timing.maxRetryAfterMs) * (1 + random() / 4);
    this.#pauses.begin(everything, timing.unavailableMs, leastMs);
    this.#afterPause(name, everything);
  }

  /** Behind what has to wait for no fault of its own: who fails always is not to be always first. */
  #afterPause(name: string, scope: string): void {
    this.#agenda.again(name, this.#pauses.restMs(scope) + this.#options.timing.soonMs);
  }

  #settle(name: string): void {
    this.#problems.delete(name);
    this.#pauses.end(name);
  }
}

/** What may be left alone so that these conditions are not written. */
function scopesOf({ observed: { policy } }: Want): readonly string[] {
  return [everything, policy.kind, policyName(policy)];
}
