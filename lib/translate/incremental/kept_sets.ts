// This module is pure.
import type { IpAddress } from "../../model/address.ts";
import { SortedTable } from "../../model/sorted_table.ts";
import type { PodSelection } from "../selection.ts";
import type { SelectionIndex } from "./selection_index.ts";
import type { SelectionUser } from "./selection_use.ts";

/** What is kept of a set that groups name. */
export interface KeptSet<S> extends SelectionUser {
  /** Names it, and says what it is made of. */
  readonly key: string;
  /** The selections of pods that it is made with. */
  readonly pods: readonly PodSelection[];
  /** As it was last brought up to date; empty while it is new. */
  set: S;
  /** The addresses of which other things may hold by now. */
  readonly doubtful: Set<IpAddress>;
  /** How many groups name it. */
  users: number;
}

/** What every one has at first. */
export type NewSet = Pick<KeptSet<unknown>, "key" | "doubtful" | "users" | "doubt">;

/** The sets that groups name, each for as long as one does. */
export class KeptSets<S extends { readonly key: string }, K extends KeptSet<S>> {
  readonly #index: SelectionIndex;
  readonly #all = new Map<string, K>();
  readonly #sets = new SortedTable<S>();
  readonly #doubtful = new Set<K>();
  readonly #unused = new Set<K>();
  /** Those of which nobody knows yet what is in them. */
  readonly #fresh = new Set<K>();

  /** The index tells them of the addresses that their selections are about. */
  constructor(index: SelectionIndex) {
    this.#index = index;
  }

  /** All that are kept, in no order. */
  get all(): Iterable<K> {
    return this.#all.values();
  }

  /** The sets by key, as they were last brought up to date; what did not change is the same object. */
  get list(): readonly S[] {
    return this.#sets.list;
  }

  /** A group names a set, once more or for the first time: then it is made. */
  acquire(key: string, make: (start: NewSet) => K): void {
    const kept = this.#all.get(key) ?? this.#begin(key, make);
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
      this.#fresh.delete(kept);
      this.#index.remove(kept, kept.pods);
    }
    this.#unused.clear();
    return unused;
  }

  /** Brings those up to date of which something is in doubt: the same set, or what it is now. */
  change(changed: (kept: K) => S): void {
    for (const kept of this.#doubtful) {
      const set = changed(kept);
      kept.doubtful.clear();
      if (set !== kept.set) this.#put(kept, set);
    }
    this.#doubtful.clear();
  }

  /** Fills those that are new; nothing is asked while there are none. */
  fill(filled: (fresh: ReadonlySet<K>) => Iterable<readonly [K, S]>): void {
    if (this.#fresh.size === 0) return;
    for (const [kept, set] of filled(this.#fresh)) this.#put(kept, set);
    this.#fresh.clear();
  }

  #put(kept: K, set: S): void {
    kept.set = set;
    this.#sets.set(kept.key, set);
  }

  #begin(key: string, make: (start: NewSet) => K): K {
    const doubtful = new Set<IpAddress>();
    const kept: K = make({
      ...{ key, doubtful, users: 0 },
      doubt: (address) => {
        doubtful.add(address);
        this.#doubtful.add(kept);
      },
    });
    this.#index.add(kept, kept.pods);
    this.#all.set(key, kept);
    this.#fresh.add(kept);
    return kept;
  }
}
