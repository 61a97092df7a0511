// This module is pure.
import { forEachFamily } from "../../model/address.ts";
import type { ClusterState } from "../../model/cluster.ts";
import type { DomainName } from "../../model/cluster_network_policy.ts";
import { isMeant } from "../../model/known_name.ts";
import type { NameSet } from "../../model/peer_sets.ts";
import { entriesOf } from "../name_set.ts";
import { type KeptSet, KeptSets, type NewSet } from "./kept_sets.ts";
import { Standings } from "./standings.ts";

/** A set of named addresses that groups name, and what it is made with. */
interface Kept extends KeptSet<NameSet> {
  /** What is known of the names that it means. */
  readonly standings: Standings;
}

/** The sets of named addresses that groups name, kept as DNS tells of names. */
export class NameSets {
  readonly #kept = new KeptSets<NameSet, Kept>();

  /** The sets by key, as of the last `settle`; a set that did not change is the same object. */
  get list(): readonly NameSet[] {
    return this.#kept.list;
  }

  /** Something else is known of a name. */
  touch(name: string, { names }: ClusterState): void {
    for (const kept of this.#kept.all) {
      if (!isMeantBy(kept.set, name)) continue;
      kept.standings.set(name, names.get(name));
      this.#kept.doubt(kept);
    }
  }

  /** A group names a set, once more or for the first time. */
  acquire(key: string, names: readonly DomainName[], state: ClusterState): void {
    this.#kept.acquire(key, (start) => begin(start, names, state));
  }

  /** A group that names a set is gone, or does not name it any more. */
  release(key: string): void {
    this.#kept.release(key);
  }

  /** Brings every set up to date, and drops those that no group names. */
  settle(): void {
    this.#kept.dropUnused();
    this.#kept.change(({ set, standings }) => standings.change(set));
  }
}

function begin(start: NewSet, names: readonly DomainName[], state: ClusterState): Kept {
  const [current, former] = [forEachFamily(() => []), forEachFamily(() => [])];
  const set: NameSet = { key: start.key, names, current, former };
  const standings = new Standings();
  for (const [name, known] of entriesOf(names, state)) standings.set(name, known);
  return { ...start, set, standings };
}

function isMeantBy({ names }: NameSet, name: string): boolean {
  return names.some((domain) => isMeant(name, domain));
}
