// This module is pure.
import type { Family } from "../model/address.ts";
import type { NftSet } from "../model/nft_set.ts";
import { comment } from "./comments.ts";
import type { Reading } from "./reading.ts";
import { type Way, type WayRule, waysOf } from "./ways.ts";

/** What is made of a rule, whatever chain it is in. */
export interface RuleWays {
  /** Each is a rule of nft. */
  readonly ways: readonly Way[];
  /** The sets of ports and blocks that they name. */
  readonly sets: readonly NftSet[];
  /** Theirs: where the rule comes from; undefined where others stand behind it. */
  readonly comment: string | undefined;
}

/** What was made of rules: many groups have the same object, and names of sets are hashes. */
const known = new WeakMap<WayRule, WeakMap<Reading, Map<string, RuleWays>>>();

/** Makes the ways of a rule for some families, as packets are read. */
export function ruleWays(rule: WayRule, families: readonly Family[], reading: Reading): RuleWays {
  return known.getOrInsertComputed(rule, () => new WeakMap())
    .getOrInsertComputed(reading, () => new Map())
    .getOrInsertComputed(families.join(), () => makeWays(rule, families, reading));
}

function makeWays(rule: WayRule, families: readonly Family[], reading: Reading): RuleWays {
  const sets: NftSet[] = [];
  const ways = waysOf(rule, { families, reading, sets });
  const note = rule.kind === "ports" ? undefined : comment(rule.policies.join(", "));
  return { ways, sets, comment: note };
}
