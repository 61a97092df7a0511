// This module is pure.
/** What an agenda is made with. */
export interface AgendaOptions {
  /** What is to be looked at soon waits for so long at least and twice of it at most, in ms. */
  readonly soonMs: number;
  /** What is to be looked at late likewise. */
  readonly lateMs: number;
  /** From 0 to 1, as `Math.random()`. */
  readonly random: () => number;
  /** The clock, as `performance.now()`. */
  readonly now: () => number;
}

/**
 * Which policies are to be looked at, and when. The wait is by chance, so that of all the agents
 * that see the same at the same moment one is the first, and the others see what it wrote.
 */
export class Agenda {
  readonly #options: AgendaOptions;
  /** name -> when */
  readonly #due = new Map<string, number>();

  /** Nothing is to be done yet. */
  constructor(options: AgendaOptions) {
    this.#options = options;
  }

  /** Puts a policy on it, or forward where it stands there for later. */
  soon(name: string): void {
    const due = this.#in(this.#options.soonMs);
    this.#due.set(name, Math.min(due, this.#due.get(name) ?? Infinity));
  }

  /** Puts a policy on it for a time far ahead, or off where it stands there already. */
  late(name: string): void {
    this.#due.set(name, this.#in(this.#options.lateMs));
  }

  /**
   * Puts on it what was taken in vain, for when so many ms are over. Where it stands there already
   * something has happened to it meanwhile, and that counts.
   */
  again(name: string, ms: number): void {
    if (!this.#due.has(name)) this.#due.set(name, this.#options.now() + ms);
  }

  /** Takes the policy whose time came first; undefined: there is none. */
  take(): string | undefined {
    let first: string | undefined;
    let earliest = Infinity;
    for (const [name, due] of this.#due) {
      if (due >= earliest) continue;
      first = name;
      earliest = due;
    }
    if (first === undefined || earliest > this.#options.now()) return undefined;
    this.#due.delete(first);
    return first;
  }

  /** For how long what is put on it now is not due, in ms. */
  get leastMs(): number {
    return this.#options.soonMs;
  }

  /** How long there is nothing to take, in ms, whatever is put on it meanwhile. */
  get restMs(): number {
    const next = this.#due.values().reduce((a, b) => Math.min(a, b), Infinity);
    return Math.min(Math.max(0, next - this.#options.now()), this.leastMs);
  }

  #in(ms: number): number {
    const { now, random } = this.#options;
    return now() + waitOf(ms, random);
  }
}

/**
 * A wait by chance, of `ms` at least and twice of it at most. By the root few are early, however
 * many agents there are: of five thousand it is again one or two that come first, and not all those
 * who come before the watch can tell of the first.
 */
export function waitOf(ms: number, random: () => number): number {
  return ms * (1 + random() ** (1 / 4));
}
