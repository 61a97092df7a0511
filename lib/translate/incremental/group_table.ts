// This module is pure.
import type { Group } from "../../model/group.ts";
import { type Direction, directions } from "../../model/network_policy.ts";
import { isSame } from "../../model/same.ts";
import { type Decision, decisionKey } from "../decision.ts";
import { groupOf } from "../groups.ts";
import { noDefinitions, type SetDefinitions } from "../sets.ts";
import { SortedTable } from "../../model/sorted_table.ts";

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
  definitions: SetDefinitions;
  /** How many pods are in it. */
  members: number;
}

/** Who hears of the sets that groups name. */
export interface SetUser {
  /** A group names these sets from now on. */
  acquire(definitions: SetDefinitions): void;
  /** A group does not name these sets any more. */
  release(definitions: SetDefinitions): void;
}

/** The groups of a node's pods; a group is made anew only when what decides it has changed. */
export class GroupTable {
  readonly #entries = new Map<string, Entry>();
  readonly #groups = new SortedTable<Group>();
  readonly #left = new Set<string>();

  /** The groups by direction and key, as of the last `settle`. */
  get list(): readonly Group[] {
    return this.#groups.list;
  }

  /** A pod is decided like this: the group of all that are is there, and up to date. */
  join(decision: Decision, sets: SetUser): Membership {
    const membership = { direction: decision.direction, key: decisionKey(decision) };
    const id = idOf(membership);
    const entry = this.#entries.get(id);
    if (entry === undefined) this.#begin(id, decision, sets);
    else {
      entry.members++;
      if (!isSame(entry.decision, decision)) this.#renew(id, { entry, decision }, sets);
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
      sets.release(entry.definitions);
    }
    this.#left.clear();
  }

  #begin(id: string, decision: Decision, sets: SetUser): void {
    const definitions = noDefinitions();
    const group = groupOf(decision, definitions);
    sets.acquire(definitions);
    this.#entries.set(id, { decision, group, definitions, members: 1 });
    this.#groups.set(id, group);
  }

  #renew(
    id: string,
    { entry, decision }: { readonly entry: Entry; readonly decision: Decision },
    sets: SetUser,
  ): void {
    const definitions = noDefinitions();
    const group = groupOf(decision, definitions);
    sets.acquire(definitions);
    sets.release(entry.definitions);
    entry.decision = decision;
    entry.definitions = definitions;
    if (isSame(entry.group, group)) return; // what has changed was of no account here
    entry.group = group;
    this.#groups.set(id, group);
  }
}

/** Sorts as groups are sorted: by direction, then by key. */
function idOf({ direction, key }: Membership): string {
  return `${directions.indexOf(direction)} ${key}`;
}
