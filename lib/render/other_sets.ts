// This module is pure.
import { SortedTable } from "../model/sorted_table.ts";
import type { PrintedSets } from "./keyed_sets.ts";
import type { NamedSet } from "./listing.ts";

/** The sets that rules of groups name, sorted by name. */
export class OtherSets {
  readonly #sets = new SortedTable<NamedSet>();
  /** name of a set that is named by its content -> how many rules of groups made one */
  readonly #uses = new Map<string, number>();

  /** All of them. */
  get list(): readonly NamedSet[] {
    return this.#sets.list;
  }

  /** Takes note of what has become of sets that are named by a key: of peers. */
  change({ changed, gone }: PrintedSets): void {
    for (const name of gone) this.#sets.delete(name);
    for (const named of changed) this.#sets.set(named[0], named);
  }

  /** A group has sets that are named by their content, as others may have. */
  acquire(sets: readonly NamedSet[]): void {
    for (const named of sets) {
      const uses = this.#uses.get(named[0]) ?? 0;
      if (uses === 0) this.#sets.set(named[0], named);
      this.#uses.set(named[0], uses + 1);
    }
  }

  /** A group that had these sets is no more. */
  release(sets: readonly NamedSet[]): void {
    for (const [name] of sets) {
      const uses = (this.#uses.get(name) ?? 0) - 1;
      if (uses > 0) this.#uses.set(name, uses);
      else {
        this.#uses.delete(name);
        this.#sets.delete(name);
      }
    }
  }
}
