// This module is pure.
import { forEachFamily } from "../../model/address.ts";
import type { ClusterState } from "../../model/cluster.ts";
import type { DomainName } from "../../model/cluster_network_policy.ts";
import { isMeant } from "../../model/known_name.ts";
import type { NameSet } from "../../model/node_policy.ts";
import { SortedTable } from "../../model/sorted_table.ts";
import { Standings } from "./standings.ts";

/** A set of named addresses that groups name. */
interface Entry {
  /** As it was last brought up to date; empty while it is new. */
  set: NameSet;
  /** What is known of the names that it means. */
  readonly standings: Standings;
  /** How many groups name it. */
  users: number;
}

/** The sets of named addresses that groups name, kept as DNS tells of names. */
export class NameSets {
  readonly #entries = new Map<string, Entry>();
  readonly #sets = new SortedTable<NameSet>();
  readonly #doubtful = new Set<Entry>();
  readonly #unused = new Set<Entry>();

  /** The sets by key, as of the last `settle`; a set that did not change is the same object. */
  get list(): readonly NameSet[] {
    return this.#sets.list;
  }

  /** Something else is known of a name. */
  touch(name: string, { names }: ClusterState): void {
    for (const entry of this.#entries.values()) {
      if (!isMeantBy(entry.set, name)) continue;
      entry.standings.set(name, names.get(name));
      this.#doubtful.add(entry);
    }
  }

  /** A group names a set, once more or for the first time. */
  acquire(key: string, names: readonly DomainName[], state: ClusterState): void {
    const entry = this.#entries.get(key) ?? this.#begin(key, names, state);
    entry.users++;
    this.#unused.delete(entry);
  }

  /** A group that names a set is gone, or does not name it any more. */
  release(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && --entry.users === 0) this.#unused.add(entry);
  }

  /** Brings every set up to date, and drops those that no group names. */
  settle(): void {
    for (const entry of this.#unused) {
      this.#entries.delete(entry.set.key);
      this.#sets.delete(entry.set.key);
      this.#doubtful.delete(entry);
    }
    this.#unused.clear();
    for (const entry of this.#doubtful) {
      entry.set = entry.standings.change(entry.set);
      this.#sets.set(entry.set.key, entry.set);
    }
    this.#doubtful.clear();
  }

  #begin(key: string, names: readonly DomainName[], state: ClusterState): Entry {
    const [current, former] = [forEachFamily(() => []), forEachFamily(() => [])];
    const set: NameSet = { key, names, current, former };
    const entry = { set, standings: new Standings(), users: 0 };
    for (const [name, known] of state.names) {
      if (isMeantBy(set, name)) entry.standings.set(name, known);
    }
    this.#entries.set(key, entry);
    this.#doubtful.add(entry);
    return entry;
  }
}

function isMeantBy({ names }: NameSet, name: string): boolean {
  return names.some((domain) => isMeant(name, domain));
}
