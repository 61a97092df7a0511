// This module is pure.
import { isUntended, type Listing } from "../model/listing.ts";

/** A part of a table that is read back at one go. */
export type Part =
  | { readonly kind: "whole" }
  /** Chains with their rules, and how sets are declared. */
  | { readonly kind: "structure" }
  /** Some sets and maps with their elements, by name. */
  | { readonly kind: "sets"; readonly names: readonly string[] };

/** How a table is read back. */
export interface TurnsOptions {
  /** Up to so many elements and rules all is read at one go; 10,000 take some 100 ms of CPU. */
  readonly mostAtOnce?: number;
  /** About so many elements are read before others have their turn; 2000 take 10 to 20 ms. */
  readonly mostInARow?: number;
  /** How long it takes until all parts have had their turn, in ms: five minutes less a margin. */
  readonly roundMs?: number;
}

/** What a set costs that is read by itself, in elements. */
const setCost = 20;

interface Round {
  readonly parts: readonly Part[];
  /** When it began. */
  readonly at: number;
  /** How many of its parts have had their turn. */
  done: number;
}

/** Decides which part of a table is read back next, so that large ones are read by turns. */
export class Turns {
  readonly #mostAtOnce: number;
  readonly #mostInARow: number;
  readonly #roundMs: number;
  /** Undefined before the first, and while the table is small. */
  #round: Round | undefined;

  /** Nothing has been read yet. */
  constructor(options: TurnsOptions = {}) {
    const { mostAtOnce = 10_000, mostInARow = 2000, roundMs = 240_000 } = options;
    this.#mostAtOnce = mostAtOnce;
    this.#mostInARow = mostInARow;
    this.#roundMs = roundMs;
  }

  /** The next part of a table that should read as `wanted`; `now` is in ms. */
  next(wanted: Listing, now: number): Part {
    if (sizeOf(wanted) <= this.#mostAtOnce) {
      this.#round = undefined;
      return { kind: "whole" };
    }
    if (this.#round === undefined || this.#round.done === this.#round.parts.length) {
      this.#round = { parts: partsOf(wanted, this.#mostInARow), at: now, done: 0 };
    }
    return this.#round.parts[this.#round.done++] ?? { kind: "whole" };
  }

  /** Tells whether more parts are due by now. */
  isMoreDue(now: number): boolean {
    if (this.#round === undefined) return false;
    const { parts, at, done } = this.#round;
    return done < Math.min(1, (now - at) / this.#roundMs) * parts.length;
  }
}

function sizeOf({ sets, chains }: Listing): number {
  let size = 0;
  for (const set of sets.values()) if (!isUntended(set)) size += set.elements.size;
  for (const { rules } of chains.values()) size += rules.length;
  return size;
}

/**
 * Rules and declarations are one part: nft has no cheaper way to read some of them. Of sets that rules
 * fill nothing else is expected.
 */
function partsOf({ sets }: Listing, most: number): readonly Part[] {
  const parts: Part[] = [{ kind: "structure" }];
  let names: string[] = [];
  let cost = 0;
  for (const [name, set] of sets) {
    if (isUntended(set)) continue;
    names.push(name);
    cost += setCost + set.elements.size;
    if (cost < most) continue;
    parts.push({ kind: "sets", names });
    [names, cost] = [[], 0];
  }
  if (names.length > 0) parts.push({ kind: "sets", names });
  return parts;
}
