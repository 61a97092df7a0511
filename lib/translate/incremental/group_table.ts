// This module is pure.
import type { Group } from "../../model/group.ts";
import { type Direction, directions } from "../../model/network_policy.ts";
import { isSame } from "../../model/same.ts";
import { type Decision, decisionKey } from "../decision.ts";
import { groupOf } from "../groups.ts";
import { partsOf } from "../tiers.ts";
import { SortedTable } from "../../model/sorted_table.ts";
import { type KeptTier, type SetUser, TierTable } from "./tier_table.ts";

/** A pod's place in a group. */
export interface Membership {
  /** What the group judges. */
  readonly direction: Direction;
  /** The group's key among those of its direction. */
  readonly key: string;
}

/** A group, and what it was made from. */
interface Entry {
  decision: Decision;
  group: Group;
  tiers: readonly KeptTier[];
  /** How many pods are in it. */
  members: number;
}

/** The groups of a node's pods; a group is made anew only when what decides it has changed. */
export class GroupTable {
  readonly #entries = new Map<string, Entry>();
  readonly #groups = new SortedTable<Group>();
  readonly #left = new Set<string>();
  readonly #tiers = new TierTable();

  /** The groups by direction and key, as of the last `settle`. */
  get list(): readonly Group[] {
    return this.#groups.list;
  }

  /** A pod is decided like this: the group of all that are is there, and up to date. */
  join(decision: Decision, sets: SetUser): Membership {
    const membership = { direction: decision.direction, key: decisionKey(decision) };
    const id = idOf(membership);
    const entry = this.#entries.get(id);
    if (entry === undefined) this.#begin(membership.key, decision, sets);
    else {
      entry.members++;
      if (!isSame(entry.decision, decision)) this.#renew(entry, decision, sets);
    }
    return membership;
  }

  /** A pod is not in a group any more. */
  leave(membership: Membership): void {
    const id = idOf(membership);
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.members--;
    this.#left.add(id);
  }

  /** Drops the groups that nobody is in. */
  settle(sets: SetUser): void {
    for (const id of this.#left) {
      const entry = this.#entries.get(id);
      if (entry === undefined || entry.members > 0) continue;
      this.#entries.delete(id);
      this.#groups.delete(id);
      this.#release(entry.tiers, sets);
    }
    this.#left.clear();
  }

  #begin(key: string, decision: Decision, sets: SetUser): void {
    const tiers = this.#acquire(decision, sets);
    const group = groupOf(decision, key, tiers.map(({ tier }) => tier));
    const id = idOf(group);
    this.#entries.set(id, { decision, group, tiers, members: 1 });
    this.#groups.set(id, group);
  }

  #renew(entry: Entry, decision: Decision, sets: SetUser): void {
    const tiers = this.#acquire(decision, sets, entry.tiers);
    this.#release(entry.tiers, sets);
    const group = groupOf(decision, entry.group.key, tiers.map(({ tier }) => tier));
    entry.decision = decision;
    entry.tiers = tiers;
    if (isSame(entry.group, group)) return; // what has changed was of no account here
    entry.group = group;
    this.#groups.set(idOf(group), group);
  }

  /** @param before The same tiers, as they were until now. */
  #acquire(
    decision: Decision,
    sets: SetUser,
    before: readonly KeptTier[] = [],
  ): readonly KeptTier[] {
    return partsOf(decision).map((part, i) => this.#tiers.acquire(part, sets, before[i]?.tier));
  }

  #release(tiers: readonly KeptTier[], sets: SetUser): void {
    for (const kept of tiers) this.#tiers.release(kept, sets);
  }
}

/** Sorts as groups are sorted: by direction, then by key. */
function idOf({ direction, key }: Membership): string {
  return `${directions.indexOf(direction)} ${key}`;
}
