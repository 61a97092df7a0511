// This module is pure.
import type { Action } from "../model/cluster_network_policy.ts";
import type { EndpointsRule, Group, GroupTier, PeersRule, PortMapRule } from "../model/group.ts";
import type { Rule, Verdict } from "../model/nft_rule.ts";
import type { NftSet } from "../model/nft_set.ts";
import type { Chain, VerdictMap } from "../model/ruleset.ts";
import { comment } from "./comments.ts";
import {
  classChainName,
  groupChainName,
  portsChainName,
  tierChainName,
  untrackedChainName,
} from "./names.ts";
import { portLookups } from "./port_maps.ts";
import { headerReading, type Reading, tupleReadings } from "./reading.ts";
import { verdictText } from "./rule_text.ts";
import { ruleWays } from "./rule_ways.ts";
import { questions, type Way, type WayRule } from "./ways.ts";

/** A group's chains, one for each tier, and the sets whose names say their content. */
export interface GroupChains {
  /** The first is the one that maps lead to. */
  readonly chains: readonly Chain[];
  /** Sets of blocks and of ports, by content; the same may be there more than once. */
  readonly sets: readonly NftSet[];
  /** From ports to some of the chains, by content. */
  readonly maps: readonly VerdictMap[];
}

/** The chains that judge a group's pods; what they do not allow goes to `deny-DIRECTION`. */
export function groupChains(group: Group): GroupChains {
  const reading = tupleReadings[group.direction === "egress" ? "reply" : "original"];
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
  readonly maps: VerdictMap[];
}

function makeChains(group: Group, name: string, reading: Reading): GroupChains {
  const making: Making = { group, reading, sets: [], maps: [] };
  const names = group.tiers.map((tier, i) => i === 0 ? name : tierChainName(name, tier));
  const chains = group.tiers.flatMap((tier, i) =>
    tierChains(tier, making, { name: names[i] ?? name, next: names[i + 1] })
  );
  return { chains, sets: making.sets, maps: making.maps };
}

interface ChainNames {
  readonly name: string;
  /** The chain of the next tier, if there is one. */
  readonly next: string | undefined;
}

/** A tier's chain, and the chains of the ports that are judged by rules of their own. */
function tierChains(
  tier: GroupTier,
  making: Making,
  { name, next }: ChainNames,
): readonly Chain[] {
  const { reading: { allowed }, group: { direction } } = making;
  const verdicts: Readonly<Record<Action, Verdict>> = {
    Accept: allowed,
    Deny: { kind: "goto", chain: `deny-${direction}` },
    // CNP-6: never a jump, as its return would fall back into the tier that was passed
    Pass: next === undefined ? allowed : { kind: "goto", chain: next },
  };
  const otherwise = makeRule(whatever, verdicts[tier.otherwise], undefined);
  const decide = (rules: readonly (PeersRule | EndpointsRule)[]): readonly AskingRule[] =>
    rules.flatMap((rule) => rulesFor(rule, making, verdicts[rule.action]));
  const rules = tier.rules.flatMap((rule) => {
    if (rule.kind === "ports") {
      return rulesFor(rule, making, { kind: "goto", chain: portsChainName(name) });
    }
    return rule.kind === "port map" ? portMapRules(rule, making, name) : decide([rule]);
  });
  const note = tierComment(tier);
  const chain = (name: string, rules: readonly AskingRule[]): Chain => {
    const all = [...cheapFirst(rules), otherwise].map(({ asks: _, ...rule }) => rule);
    return { name, hook: undefined, comment: note, rules: all };
  };
  const byPort = tier.rules.filter((rule) => rule.kind === "ports");
  const byClass = tier.rules.flatMap((rule) => rule.kind === "port map" ? rule.classes : []);
  return [
    chain(name, rules),
    ...byPort.map((rule) => chain(portsChainName(name), decide(rule.rules))),
    ...byClass.map(({ ports, rules }) => chain(classChainName(name, ports), decide(rules))),
  ];
}

/** A rule, and what it asks. */
type AskingRule = Rule & Pick<Way, "asks">;

const whatever: Way = { matches: [], asks: "nothing" };

/** Next to each other the order of rules that all do the same is free: cheap questions first. */
function cheapFirst(rules: readonly AskingRule[]): readonly AskingRule[] {
  const runs: AskingRule[][] = [];
  for (const rule of rules) {
    const run = runs.at(-1);
    const [last] = run ?? [];
    if (last === undefined || verdictText(last.verdict) !== verdictText(rule.verdict)) {
      runs.push([rule]);
    } else run?.push(rule);
  }
  return runs.flatMap((run) =>
    run.sort((a, b) => questions.indexOf(a.asks) - questions.indexOf(b.asks))
  );
}

/** One or two rules for each protocol that has such ports. */
function portMapRules(
  rule: PortMapRule,
  { reading, maps }: Making,
  tier: string,
): readonly AskingRule[] {
  return portLookups(rule, tier, reading).map(({ matches, verdict, map }) => {
    maps.push(map);
    return makeRule({ ...whatever, matches }, verdict, undefined);
  });
}

function tierComment({ tier, policies }: GroupTier): string | undefined {
  if (policies.length === 0) return comment("a pod that could not be understood");
  const names = policies.join(", ");
  return comment(tier === "NetworkPolicy" ? names : `${tier}: ${names}`);
}

/** One rule for each family and way of looking up its peers. */
function rulesFor(
  rule: WayRule,
  making: Making,
  verdict: Verdict,
): readonly AskingRule[] {
  const { group: { families }, reading, sets } = making;
  const made = ruleWays(rule, families, reading);
  sets.push(...made.sets);
  return made.ways.map((way) => makeRule(way, verdict, made.comment));
}

function makeRule(way: Way, verdict: Verdict, note: string | undefined): AskingRule {
  return { ...way, counter: false, verdict, comment: note };
}
