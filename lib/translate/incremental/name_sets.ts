// This module is pure.
import type { ClusterState } from "../../model/cluster.ts";
import type { DomainName } from "../../model/cluster_network_policy.ts";
import { isMeant, type KnownName } from "../../model/known_name.ts";
import type { NameSet } from "../../model/node_policy.ts";
import { isSame } from "../../model/same.ts";
import { nameSet } from "../sets.ts";
import { SortedTable } from "../../model/sorted_table.ts";

/** A set of named addresses that groups name. */
interface Entry {
  readonly key: string;
  readonly names: readonly DomainName[];
  /** What is known of the names that it means. */
  readonly known: Map<string, KnownName>;
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
    const known = names.get(name);
    for (const entry of this.#entries.values()) {
      if (!entry.names.some((domain) => isMeant(name, domain))) continue;
      if (known === undefined) entry.known.delete(name);
      else entry.known.set(name, known);
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
      this.#entries.delete(entry.key);
      this.#sets.delete(entry.key);
      this.#doubtful.delete(entry);
    }
    this.#unused.clear();
    for (const { key, names, known } of this.#doubtful) {
      const set = nameSet(key, names, known);
      if (!isSame(this.#sets.get(key), set)) this.#sets.set(key, set);
    }
    this.#doubtful.clear();
  }

  #begin(key: string, names: readonly DomainName[], state: ClusterState): Entry {
    const known = [...state.names].filter(([name]) => names.some((one) => isMeant(name, one)));
    const entry = { key, names, known: new Map(known), users: 0 };
    this.#entries.set(key, entry);
    this.#doubtful.add(entry);
    return entry;
  }
}
