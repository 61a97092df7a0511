// This module is pure.
import type { GroupTier } from "../../model/group.ts";
import { isSame } from "../../model/same.ts";
import { noDefinitions, type SetDefinitions } from "../sets.ts";
import { tierOf, type TierPart } from "../tiers.ts";

/** A tier, worked out, for all groups in which it is the same. */
export interface KeptTier {
  /** Names what it was made from, by the records' identity. */
  readonly key: string;
  /** What it comes to. */
  readonly tier: GroupTier;
  /** The sets that its rules name. */
  readonly definitions: SetDefinitions;
  /** How many groups have it. */
  users: number;
}

/** Who hears of the sets that tiers name. */
export interface SetUser {
  /** A tier names these sets from now on. */
  acquire(definitions: SetDefinitions): void;
  /** A tier does not name these sets any more. */
  release(definitions: SetDefinitions): void;
}

/**
 * What tiers come to. One that is made from the same records as another group's is worked out once,
 * and is the same object, for as long as a group has it: policies for every pod are in all groups.
 */
export class TierTable {
  readonly #kept = new Map<string, KeptTier>();
  readonly #ids = new WeakMap<object, number>();
  #lastId = 0;

  /**
   * A group has a tier from now on.
   *
   * @param before What it was in the group until now: where that says the same, it stays.
   */
  acquire(part: TierPart, sets: SetUser, before?: GroupTier): KeptTier {
    const key = this.#keyOf(part);
    const kept = this.#kept.get(key) ?? this.#begin(key, { part, before }, sets);
    kept.users++;
    return kept;
  }

  /** A group does not have a tier any more. */
  release(kept: KeptTier, sets: SetUser): void {
    if (--kept.users > 0) return;
    this.#kept.delete(kept.key);
    sets.release(kept.definitions);
  }

  #begin(
    key: string,
    { part, before }: { readonly part: TierPart; readonly before: GroupTier | undefined },
    sets: SetUser,
  ): KeptTier {
    const definitions = noDefinitions();
    const made = tierOf(part, definitions);
    const tier = before !== undefined && isSame(before, made) ? before : made;
    const kept = { key, tier, definitions, users: 0 };
    this.#kept.set(key, kept);
    sets.acquire(definitions);
    return kept;
  }

  /** What says the same may be another record: then it is worked out once more, and no harm done. */
  #keyOf({ tier, direction, inDoubt, ports, policies }: TierPart): string {
    const numbers = ports.map(({ protocol, name, port }) => `${protocol}/${name}=${port}`);
    const ids = policies.map((policy) =>
      this.#ids.getOrInsertComputed(policy, () => ++this.#lastId)
    );
    return [tier, direction, inDoubt ? "?" : "", numbers.join(), ids.join()].join(" ");
  }
}
