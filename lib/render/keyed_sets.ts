// This module is pure.
import type { NamedSet } from "./listing.ts";

/** A set, and what was printed of it. */
export interface PrintedSet<T> {
  /** What it was printed from. */
  readonly set: T;
  /** What it comes to; its names follow from its key. */
  readonly printed: readonly NamedSet[];
}

/** Prints a set; it is also told what was printed under the same key. */
export type PrintSet<T> = (set: T, before: PrintedSet<T> | undefined) => readonly NamedSet[];

/** The sets of one kind, printed. */
export interface PrintedSets {
  /** All of them, in the order in which they were given. */
  readonly all: readonly NamedSet[];
  /** Those that are not what they were at the last call. */
  readonly changed: readonly NamedSet[];
}

/** Prints lists of sets one after the other; what is the same object as before is not printed anew. */
export class KeyedSets<T extends { readonly key: string }> {
  readonly #print: PrintSet<T>;
  #known: ReadonlyMap<string, PrintedSet<T>> = new Map();

  /** There were none before. */
  constructor(print: PrintSet<T>) {
    this.#print = print;
  }

  /** Prints a list. */
  print(sets: readonly T[]): PrintedSets {
    const known = new Map<string, PrintedSet<T>>();
    const changed: NamedSet[] = [];
    for (const set of sets) {
      const before = this.#known.get(set.key);
      if (before?.set === set) known.set(set.key, before);
      else {
        const printed = this.#print(set, before);
        known.set(set.key, { set, printed });
        changed.push(...printed);
      }
    }
    this.#known = known;
    return { all: [...known.values()].flatMap(({ printed }) => printed), changed };
  }
}
