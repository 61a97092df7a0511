import { getLogger } from "@logtape/logtape";
import type { IpAddress } from "../model/address.ts";
import { ask, LookupError } from "./ask.ts";
import type { Answer, Question, RecordType } from "./message.ts";

const logger = getLogger(["hedgerow", "dns"]);

/** How long a resolver has for an answer, by each of UDP and TCP, in ms. */
const answerMs = 2000;

/** Questions that are under way at the same time. */
const mostAtOnce = 16;

/** A name is asked again when this part of its time is over, and a second before its end. */
const usedPart = 0.8;
const leadMs = 1000;

/** The shortest and the longest time to the next question, after an answer with addresses, in ms. */
const soonestMs = 1000;
const latestMs = 3_600_000;

/** To the next question after an answer that there is no address, in ms. */
const emptyMs = 15_000;

/** After a failure: so long, then twice as long, and so on, in ms. */
const firstRetryMs = 500;
const lastRetryMs = 30_000;

/** What is to be looked up. */
export interface Wanted {
  /** Exact names, in lower case. */
  readonly names: readonly string[];
  /** What kinds of addresses are of use. */
  readonly types: readonly RecordType[];
  /** Who is asked, one after the other. */
  readonly resolvers: readonly IpAddress[];
}

/** What lookups have come to. */
export interface LookupCounts {
  /** Answers, those without addresses included. */
  readonly answered: number;
  /** Questions that no resolver answered. */
  readonly failed: number;
}

interface Lookup {
  readonly question: Question;
  /** When it is due, as `performance.now()`. */
  dueAt: number;
  failures: number;
  isUnderWay: boolean;
}

/** Looks exact names up, and again before the time of what was answered is over (CNP-14). */
export class Lookups {
  readonly #learn: (answer: Answer) => void;
  readonly #lookups = new Map<string, Lookup>();
  #resolvers: readonly IpAddress[] = [];
  #turn = 0;
  #underWay = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #counts = { answered: 0, failed: 0 };

  /** Nothing is asked before it is told what is wanted. */
  constructor(learn: (answer: Answer) => void) {
    this.#learn = learn;
  }

  /** What has come of them so far. */
  get counts(): LookupCounts {
    return this.#counts;
  }

  /** The names that were asked for last in vain, sorted. */
  get unanswered(): readonly string[] {
    const failing = [...this.#lookups.values()].filter(({ failures }) => failures > 0);
    return [...new Set(failing.map(({ question }) => question.name))].sort();
  }

  /** Takes what is wanted from now on: new names are asked at once. */
  want({ names, types, resolvers }: Wanted): void {
    this.#resolvers = resolvers;
    const questions = names.flatMap((name) => types.map((type): Question => ({ name, type })));
    const keys = new Set(questions.map(keyOf));
    for (const key of this.#lookups.keys()) if (!keys.has(key)) this.#lookups.delete(key);
    for (const question of questions) {
      if (this.#lookups.has(keyOf(question))) continue;
      const lookup = { question, dueAt: performance.now(), failures: 0, isUnderWay: false };
      this.#lookups.set(keyOf(question), lookup);
    }
    this.#start();
  }

  /** Asks nothing any more. */
  close(): void {
    this.#lookups.clear();
    clearTimeout(this.#timer);
  }

  /** Starts what is due, and sets the clock for what is next. */
  #start(): void {
    clearTimeout(this.#timer);
    const waiting = [...this.#lookups.values()].filter(({ isUnderWay }) => !isUnderWay)
      .sort((a, b) => a.dueAt - b.dueAt);
    for (const lookup of waiting) {
      const waitMs = lookup.dueAt - performance.now();
      if (waitMs <= 0 && this.#underWay < mostAtOnce) void this.#run(lookup);
      else if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#start(), waitMs);
        return;
      }
    }
  }

  async #run(lookup: Lookup): Promise<void> {
    lookup.isUnderWay = true;
    this.#underWay++;
    const waitMs = await this.#answered(lookup);
    this.#underWay--;
    lookup.isUnderWay = false;
    lookup.dueAt = performance.now() + waitMs;
    this.#start();
  }

  /**
   * Asks one resolver after the other until one knows an address: they may see different parts of
   * the world. Returns how long to wait until the next question, in ms.
   */
  async #answered(lookup: Lookup): Promise<number> {
    let trouble: unknown = new LookupError("there is no resolver");
    let empty: Answer | undefined;
    const turn = this.#turn++; // every question begins with another resolver
    for (let i = 0; i < this.#resolvers.length; i++) {
      const resolver = this.#resolvers[(turn + i) % this.#resolvers.length];
      if (resolver === undefined) continue;
      try {
        const answer = await ask(lookup.question, resolver, answerMs);
        if (answer.addresses.length > 0) return this.#take(answer, lookup);
        if (!isFinal(answer)) throw new LookupError(`${resolver} says ${answer.code}`);
        empty = answer;
      } catch (error) {
        trouble = error;
      }
    }
    return empty === undefined ? this.#fail(lookup, trouble) : this.#take(empty, lookup);
  }

  #take(answer: Answer, lookup: Lookup): number {
    this.#counts = { ...this.#counts, answered: this.#counts.answered + 1 };
    lookup.failures = 0;
    if (answer.addresses.length === 0) return emptyMs;
    if (this.#lookups.get(keyOf(lookup.question)) === lookup) this.#learn(answer);
    const ms = Math.max(answer.seconds, 5) * 1000;
    return Math.min(Math.max(Math.min(ms * usedPart, ms - leadMs), soonestMs), latestMs);
  }

  #fail(lookup: Lookup, error: unknown): number {
    this.#counts = { ...this.#counts, failed: this.#counts.failed + 1 };
    const { name } = lookup.question;
    if (lookup.failures++ === 0) {
      logger.warning("Cannot look up {name}: {error}; trying again", { name, error });
    }
    return Math.min(firstRetryMs * 2 ** Math.min(lookup.failures - 1, 10), lastRetryMs);
  }
}

/** A resolver that cannot answer says so; that there is no such name is an answer. */
function isFinal({ code }: Answer): boolean {
  return code === "NOERROR" || code === "NXDOMAIN";
}

function keyOf({ name, type }: Question): string {
  return `${type} ${name}`;
}
