// This module is pure.
import type { IpAddress } from "../../model/address.ts";
import type { PodSelection } from "../selection.ts";
import { type KeptSet, KeptSets, type NewSet } from "./kept_sets.ts";
import type { SelectionIndex } from "./selection_index.ts";
import type { SelectionUser } from "./selection_use.ts";

/** What is kept of a set that is made with selections of pods. */
export interface SelectedSet<S> extends KeptSet<S>, SelectionUser {
  /** The selections. */
  readonly pods: readonly PodSelection[];
  /** The addresses of which other things may hold by now. */
  readonly doubtful: Set<IpAddress>;
}

/** What every one has at first. */
export type NewSelectedSet = NewSet & Pick<SelectedSet<unknown>, "doubtful" | "doubt">;

/** The sets that groups name and that are made with selections, each for as long as one does. */
export class SelectedSets<S extends object, K extends SelectedSet<S>> {
  readonly #index: SelectionIndex;
  readonly #kept = new KeptSets<S, K>();
  /** Those of which nobody knows yet what is in them. */
  readonly #fresh = new Set<K>();

  /** The index tells them of the addresses that their selections are about. */
  constructor(index: SelectionIndex) {
    this.#index = index;
  }

  /** All that are kept, in no order. */
  get all(): Iterable<K> {
    return this.#kept.all;
  }

  /** The sets by key, as they were last brought up to date; what did not change is the same object. */
  get list(): readonly S[] {
    return this.#kept.list;
  }

  /** A group names a set, once more or for the first time: then it is made. */
  acquire(key: string, make: (start: NewSelectedSet) => K): void {
    this.#kept.acquire(key, (start) => this.#begin(start, make));
  }

  /** A group that names a set is gone, or does not name it any more. */
  release(key: string): void {
    this.#kept.release(key);
  }

  /** Drops those that no group names; tells which. */
  dropUnused(): readonly K[] {
    const unused = this.#kept.dropUnused();
    for (const kept of unused) {
      this.#fresh.delete(kept);
      this.#index.remove(kept, kept.pods);
    }
    return unused;
  }

  /** Brings those up to date of which something is in doubt: the same set, or what it is now. */
  change(changed: (kept: K) => S): void {
    this.#kept.change((kept) => {
      const set = changed(kept);
      kept.doubtful.clear();
      return set;
    });
  }

  /** Fills those that are new; nothing is asked while there are none. */
  fill(filled: (fresh: ReadonlySet<K>) => Iterable<readonly [K, S]>): void {
    if (this.#fresh.size === 0) return;
    for (const [kept, set] of filled(this.#fresh)) this.#kept.put(kept, set);
    this.#fresh.clear();
  }

  #begin(start: NewSet, make: (start: NewSelectedSet) => K): K {
    const doubtful = new Set<IpAddress>();
    const kept: K = make({
      ...{ ...start, doubtful },
      doubt: (address) => {
        doubtful.add(address);
        this.#kept.doubt(kept);
      },
    });
    this.#index.add(kept, kept.pods);
    this.#fresh.add(kept);
    return kept;
  }
}
