// This module is pure.
import { SortedTable } from "../../model/sorted_table.ts";

/** What is kept of a set that groups name. */
export interface KeptSet<S> {
  /** Names it, and says what it is made of. */
  readonly key: string;
  /** As it was last brought up to date; empty while it is new. */
  set: S;
  /** How many groups name it. */
  users: number;
}

/** What every one has at first. */
export type NewSet = Pick<KeptSet<unknown>, "key" | "users">;

/** The sets that groups name, each for as long as one does. */
export class KeptSets<S extends object, K extends KeptSet<S>> {
  readonly #all = new Map<string, K>();
  readonly #sets = new SortedTable<S>();
  readonly #doubtful = new Set<K>();
  readonly #unused = new Set<K>();

  /** All that are kept, in no order. */
  get all(): Iterable<K> {
    return this.#all.values();
  }

  /** The sets by key, as they were last brought up to date; what did not change is the same object. */
  get list(): readonly S[] {
    return this.#sets.list;
  }

  /** A group names a set, once more or for the first time: then it is made, and in doubt. */
  acquire(key: string, make: (start: NewSet) => K): void {
    const kept = this.#all.get(key) ?? this.#begin(make({ key, users: 0 }));
    kept.users++;
    this.#unused.delete(kept);
  }

  /** A group that names a set is gone, or does not name it any more. */
  release(key: string): void {
    const kept = this.#all.get(key);
    if (kept !== undefined && --kept.users === 0) this.#unused.add(kept);
  }

  /** Drops those that no group names; tells which. */
  dropUnused(): readonly K[] {
    const unused = [...this.#unused];
    for (const kept of unused) {
      this.#all.delete(kept.key);
      this.#sets.delete(kept.key);
      this.#doubtful.delete(kept);
    }
    this.#unused.clear();
    return unused;
  }

  /** Something may hold of a set that did not. */
  doubt(kept: K): void {
    this.#doubtful.add(kept);
  }

  /** Brings those up to date that are in doubt: the same set, or what it is now. */
  change(changed: (kept: K) => S): void {
    for (const kept of this.#doubtful) this.put(kept, changed(kept));
    this.#doubtful.clear();
  }

  /** Takes what a set is now. */
  put(kept: K, set: S): void {
    kept.set = set;
    this.#sets.set(kept.key, set);
  }

  #begin(kept: K): K {
    this.#all.set(kept.key, kept);
    this.#doubtful.add(kept);
    return kept;
  }
}
