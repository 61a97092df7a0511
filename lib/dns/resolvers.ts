import type { IpAddress } from "../model/address.ts";
import { isSame } from "../model/same.ts";

/** A resolver that is silent is tried again after so long, in ms. */
const againMs = 1000;

/** Whom to ask a question. */
export interface Round {
  /** One after the other. */
  readonly resolvers: readonly IpAddress[];
  /** Whether these are all that there are: others may see other parts of the world. */
  readonly isWhole: boolean;
}

/** Who is asked, and who of them has not answered of late. */
export class Resolvers {
  #all: readonly IpAddress[] = [];
  /** resolver that is silent -> when it is tried again, as `performance.now()` */
  readonly #silent = new Map<IpAddress, number>();
  #turn = 0;

  /** Takes who is asked from now on; tells whether they are others than before. */
  want(all: readonly IpAddress[]): boolean {
    if (isSame(all, this.#all)) return false;
    this.#all = all;
    for (const one of this.#silent.keys()) if (!all.includes(one)) this.#silent.delete(one);
    return true;
  }

  /**
   * Whom to ask now: those who answer, another one first each time. One that is silent comes last,
   * and only now and then, as each question to it takes long; where all are silent all are asked.
   */
  next(): Round {
    const now = performance.now();
    const at = this.#all.length === 0 ? 0 : this.#turn++ % this.#all.length;
    const all = [...this.#all.slice(at), ...this.#all.slice(0, at)];
    const heard = all.filter((one) => !this.#silent.has(one));
    const late = all.filter((one) => {
      const isDue = (this.#silent.get(one) ?? Infinity) <= now;
      return this.#silent.has(one) && (isDue || heard.length === 0);
    });
    for (const one of late) this.#silent.set(one, now + againMs);
    const resolvers = [...heard, ...late];
    return { resolvers, isWhole: resolvers.length === all.length };
  }

  /** A resolver has answered; tells whether it was silent before. */
  heard(resolver: IpAddress): boolean {
    return this.#silent.delete(resolver);
  }

  /** A resolver has not answered. */
  missed(resolver: IpAddress): void {
    if (this.#all.includes(resolver)) this.#silent.set(resolver, performance.now() + againMs);
  }
}
