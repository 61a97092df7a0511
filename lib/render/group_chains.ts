// This module is pure.
import type { Action } from "../model/cluster_network_policy.ts";
import type { Group, GroupRule, GroupTier } from "../model/node_policy.ts";
import type { Chain, NftSet, Rule, Verdict } from "../model/ruleset.ts";
import { comment } from "./comments.ts";
import { groupChainName, tierChainName, untrackedChainName } from "./names.ts";
import { headerReading, type Reading, tupleReading } from "./reading.ts";
import { type Way, waysOf } from "./ways.ts";

/** A group's chains, one for each tier, and the sets whose names say their content. */
export interface GroupChains {
  /** The first is the one that maps lead to. */
  readonly chains: readonly Chain[];
  /** Sets of blocks and of ports, by content; the same may be there more than once. */
  readonly sets: readonly NftSet[];
}

/** The chains that judge a group's pods; what they do not allow goes to `deny-DIRECTION`. */
export function groupChains(group: Group): GroupChains {
  const reading = tupleReading(group.direction === "egress" ? "reply" : "original");
  return makeChains(group, groupChainName(group), reading);
}

/** Their twins for packets that conntrack does not track, from pods to their own node. */
export function untrackedChains(group: Group): GroupChains {
  return makeChains(group, untrackedChainName(group), headerReading);
}

/** What is made for all chains of a group. */
interface Making {
  readonly group: Group;
  readonly reading: Reading;
  readonly sets: NftSet[];
}

function makeChains(group: Group, name: string, reading: Reading): GroupChains {
  const making: Making = { group, reading, sets: [] };
  const names = group.tiers.map((tier, i) => i === 0 ? name : tierChainName(name, tier));
  const chains = group.tiers.map((tier, i) => {
    const rules = tierRules(tier, making, names[i + 1]);
    return { name: names[i] ?? name, hook: undefined, comment: tierComment(tier), rules };
  });
  return { chains, sets: making.sets };
}

function tierRules(tier: GroupTier, making: Making, next: string | undefined): readonly Rule[] {
  const verdicts: Readonly<Record<Action, Verdict>> = {
    Accept: making.reading.allowed,
    Deny: { kind: "goto", chain: `deny-${making.group.direction}` },
    // CNP-6: never a jump, as its return would fall back into the tier that was passed
    Pass: next === undefined ? making.reading.allowed : { kind: "goto", chain: next },
  };
  const rules = tier.rules.flatMap((rule) => rulesFor(rule, making, verdicts[rule.action]));
  return [...rules, makeRule({ matches: [] }, verdicts[tier.otherwise], undefined)];
}

function tierComment({ tier, policies }: GroupTier): string | undefined {
  if (policies.length === 0) return comment("a pod that could not be understood");
  const names = policies.join(", ");
  return comment(tier === "NetworkPolicy" ? names : `${tier}: ${names}`);
}

/** One rule for each family and way of looking up its peers. */
function rulesFor(rule: GroupRule, making: Making, verdict: Verdict): readonly Rule[] {
  const { group: { families }, reading, sets } = making;
  const note = comment(rule.policies.join(", "));
  return waysOf(rule, { families, reading, sets }).map((way) => makeRule(way, verdict, note));
}

function makeRule(way: Way, verdict: Verdict, note: string | undefined): Rule {
  return { ...way, counter: false, verdict, comment: note };
}
