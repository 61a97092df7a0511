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

/** What has become of the sets of one kind. */
export interface PrintedSets {
  /** Those that are not what they were at the last call. */
  readonly changed: readonly NamedSet[];
  /** The names of those that are no more. */
  readonly gone: readonly string[];
}

/** Prints lists of sets one after the other; what is the same object as before is not printed anew. */
export class KeyedSets<T extends { readonly key: string }> {
  readonly #print: PrintSet<T>;
  readonly #known = new Map<string, PrintedSet<T>>();
  #last: readonly T[] = [];

  /** There were none before. */
  constructor(print: PrintSet<T>) {
    this.#print = print;
  }

  /** Prints a list. */
  print(sets: readonly T[]): PrintedSets {
    const changed: NamedSet[] = [];
    for (const [i, set] of sets === this.#last ? [] : sets.entries()) {
      if (set === this.#last[i]) continue;
      const before = this.#known.get(set.key);
      if (before?.set === set) continue;
      const printed = this.#print(set, before);
      this.#known.set(set.key, { set, printed });
      changed.push(...printed);
    }
    const gone = this.#known.size > sets.length ? this.#forgetOthers(sets) : [];
    this.#last = sets;
    return { changed, gone };
  }

  #forgetOthers(sets: readonly T[]): readonly string[] {
    const keys = new Set(sets.map(({ key }) => key));
    const gone: string[] = [];
    for (const [key, { printed }] of this.#known) {
      if (keys.has(key)) continue;
      this.#known.delete(key);
      for (const [name] of printed) gone.push(name);
    }
    return gone;
  }
}
