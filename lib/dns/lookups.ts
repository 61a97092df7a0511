import { getLogger } from "@logtape/logtape";
import type { IpAddress } from "../model/address.ts";
import { type Ask, ask, type AskOptions, LookupError } from "./ask.ts";
import type { Answer, Question, RecordType } from "./message.ts";
import { Resolvers } from "./resolvers.ts";

const logger = getLogger(["hedgerow", "dns"]);

/** How long a resolver has for an answer, and when it is asked once more, in ms. */
const patience: AskOptions = { deadlineMs: 2000, resendMs: [300, 1000] };

/** Questions that are under way at the same time. */
const mostAtOnce = 64;

/**
 * What is answered counts for so much longer, in s. A cache tells the same end each time, so the
 * first answer with news comes when the time is over: until it does the name must stay open.
 */
const graceSeconds = 8;

/** A name is asked again when this part of its time is over, and a second before its end. */
const usedPart = 0.8;
const leadMs = 1000;

/** The shortest and the longest time to the next question, after an answer with addresses, in ms. */
const soonestMs = 2000;
const latestMs = 3_600_000;

/** To the next question after an answer that there is no address, in ms. */
const emptyMs = 15_000;

/** After a failure: so long, then twice as long, and so on, in ms. */
const firstRetryMs = 500;
const lastRetryMs = 30_000;

/** All these times are shorter by up to this part, so that what begins together parts. */
const jitter = 0.1;

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
  /** Until it is due; undefined while it is due or under way. */
  timer: ReturnType<typeof setTimeout> | undefined;
  /** How often in a row somebody who may know more did not answer. */
  failures: number;
  /** Whether nobody at all answered the last time. */
  isUnanswered: boolean;
}

/** Looks exact names up, and again before the time of what was answered is over (CNP-14). */
export class Lookups {
  readonly #learn: (answer: Answer) => void;
  readonly #ask: Ask;
  readonly #resolvers = new Resolvers();
  readonly #lookups = new Map<string, Lookup>();
  /** Those whose time has come, the first first. */
  readonly #due = new Set<Lookup>();
  #underWay = 0;
  #counts = { answered: 0, failed: 0 };

  /**
   * Nothing is asked before it is told what is wanted.
   *
   * @param learn Takes answers with addresses, and for how long they count.
   */
  constructor(learn: (answer: Answer) => void, asking: Ask = ask) {
    this.#learn = learn;
    this.#ask = asking;
  }

  /** What has come of them so far. */
  get counts(): LookupCounts {
    return this.#counts;
  }

  /** The names that were asked for last in vain, sorted. */
  get unanswered(): readonly string[] {
    const failing = [...this.#lookups.values()].filter(({ isUnanswered }) => isUnanswered);
    return [...new Set(failing.map(({ question }) => question.name))].sort();
  }

  /** Takes what is wanted from now on: new names are asked at once. */
  want({ names, types, resolvers }: Wanted): void {
    if (this.#resolvers.want(resolvers)) this.#hurry();
    const questions = names.flatMap((name) => types.map((type): Question => ({ name, type })));
    const keys = new Set(questions.map(keyOf));
    for (const key of this.#lookups.keys()) if (!keys.has(key)) this.#forget(key);
    for (const question of questions) {
      if (this.#lookups.has(keyOf(question))) continue;
      const lookup = { question, timer: undefined, failures: 0, isUnanswered: false };
      this.#lookups.set(keyOf(question), lookup);
      this.#due.add(lookup);
    }
    this.#start();
  }

  /** Asks nothing any more. */
  close(): void {
    for (const key of this.#lookups.keys()) this.#forget(key);
  }

  #forget(key: string): void {
    const lookup = this.#lookups.get(key);
    if (lookup === undefined) return;
    this.#lookups.delete(key);
    this.#due.delete(lookup);
    clearTimeout(lookup.timer);
  }

  /** Others may answer than before: what failed has its chance at once. */
  #hurry(): void {
    for (const lookup of this.#lookups.values()) {
      if (lookup.failures === 0) continue;
      lookup.failures = 0;
      if (lookup.timer !== undefined) this.#makeDue(lookup);
    }
    this.#start();
  }

  #makeDue(lookup: Lookup): void {
    clearTimeout(lookup.timer);
    lookup.timer = undefined;
    this.#due.add(lookup);
  }

  #start(): void {
    for (const lookup of this.#due) {
      if (this.#underWay >= mostAtOnce) return;
      this.#due.delete(lookup);
      void this.#run(lookup);
    }
  }

  async #run(lookup: Lookup): Promise<void> {
    this.#underWay++;
    const waitMs = await this.#answered(lookup);
    this.#underWay--;
    if (this.#isWanted(lookup)) {
      lookup.timer = setTimeout(() => {
        this.#makeDue(lookup);
        this.#start();
      }, waitMs * (1 - jitter * Math.random()));
    }
    this.#start();
  }

  #isWanted(lookup: Lookup): boolean {
    return this.#lookups.get(keyOf(lookup.question)) === lookup;
  }

  /**
   * Asks one resolver after the other until one knows an address: they may see different parts of
   * the world. Returns how long to wait until the next question, in ms.
   */
  async #answered(lookup: Lookup): Promise<number> {
    const { resolvers, isWhole } = this.#resolvers.next();
    let trouble: unknown = isWhole ? undefined : new LookupError("a resolver is silent");
    let isEmpty = false;
    for (const resolver of resolvers) {
      try {
        const answer = await this.#ask(lookup.question, resolver, patience);
        if (this.#resolvers.heard(resolver)) this.#hurry();
        if (answer.addresses.length > 0) return this.#take(answer, lookup);
        if (!isFinal(answer)) throw new LookupError(`${resolver} says ${answer.code}`);
        isEmpty = true;
      } catch (error) {
        if (error instanceof LookupError && error.isSilence) this.#resolvers.missed(resolver);
        trouble = error;
      }
    }
    if (!isEmpty) return this.#fail(lookup, trouble ?? new LookupError("there is no resolver"));
    this.#settle(lookup, { isAnswered: true });
    // Whoever did not answer may know an address.
    lookup.failures = trouble === undefined ? 0 : lookup.failures + 1;
    return lookup.failures === 0 ? emptyMs : Math.min(retryMs(lookup.failures), emptyMs);
  }

  #take(answer: Answer, lookup: Lookup): number {
    this.#settle(lookup, { isAnswered: true });
    lookup.failures = 0;
    const seconds = answer.seconds + graceSeconds;
    if (this.#isWanted(lookup)) this.#learn({ ...answer, seconds });
    const ms = answer.seconds * 1000;
    return Math.min(Math.max(Math.min(ms * usedPart, ms - leadMs), soonestMs), latestMs);
  }

  #fail(lookup: Lookup, error: unknown): number {
    const { name } = lookup.question;
    if (!lookup.isUnanswered) {
      logger.warning("Cannot look up {name}: {error}; trying again", { name, error });
    }
    this.#settle(lookup, { isAnswered: false });
    return retryMs(++lookup.failures);
  }

  #settle(lookup: Lookup, { isAnswered }: { readonly isAnswered: boolean }): void {
    lookup.isUnanswered = !isAnswered;
    const what = isAnswered ? "answered" : "failed";
    this.#counts = { ...this.#counts, [what]: this.#counts[what] + 1 };
  }
}

function retryMs(failures: number): number {
  return Math.min(firstRetryMs * 2 ** Math.min(failures - 1, 10), lastRetryMs);
}

/** A resolver that cannot answer says so; that there is no such name is an answer. */
function isFinal({ code }: Answer): boolean {
  return code === "NOERROR" || code === "NXDOMAIN";
}

function keyOf({ name, type }: Question): string {
  return `${type} ${name}`;
}
