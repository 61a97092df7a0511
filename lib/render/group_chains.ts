// This module is pure.
import type { Family } from "../model/address.ts";
import type { Action } from "../model/cluster_network_policy.ts";
import { isWholeFamily } from "../model/address_range.ts";
import type {
  EndpointsRule,
  Group,
  GroupRule,
  GroupTier,
  PeersRule,
  PortMatch,
} from "../model/node_policy.ts";
import { formatPorts, type PortRange, type Protocol } from "../model/port.ts";
import type {
  AddressKey,
  Chain,
  L4Proto,
  Match,
  NftSet,
  PortValue,
  Rule,
  Verdict,
} from "../model/ruleset.ts";
import { blockNftSet, nftFamily, portNftSet } from "./addresses.ts";
import { comment } from "./comments.ts";
import {
  addressSetName,
  endpointSetName,
  groupChainName,
  tierChainName,
  untrackedChainName,
} from "./names.ts";

/** A group's chains, one for each tier, and the sets whose names say their content. */
export interface GroupChains {
  /** The first is the one that maps lead to. */
  readonly chains: readonly Chain[];
  /** Sets of blocks and of ports, by content; the same may be there more than once. */
  readonly sets: readonly NftSet[];
}

/** How a chain reads the far end of a connection, and what it does with what is allowed. */
interface Reading {
  readonly allowed: Verdict;
  address(family: "ip" | "ip6"): AddressKey;
  port(protocol: Protocol, ports: PortValue): readonly Match[];
  endpoint(protocol: Protocol, family: "ip" | "ip6", set: string): readonly Match[];
}

/** Of the connection's tuple: requests and replies are judged alike; allowed goes on. */
function tupleReading(end: "original" | "reply"): Reading {
  return {
    allowed: { kind: "return" },
    address: (family) => `ct ${end} ${family} saddr`,
    port: (protocol, ports) => [l4proto(protocol), { kind: "server port", ports }],
    endpoint: (protocol, family, set) => [
      l4proto(protocol),
      { kind: "server endpoint", family, set },
    ],
  };
}

/** Of the packet's header, where conntrack knows nothing; allowed ends the hook. */
const headerReading: Reading = {
  allowed: { kind: "accept" },
  address: (family) => `${family} daddr`,
  port: (protocol, ports) => [{ kind: "dport", protocol: nftProtocol(protocol), ports }],
  endpoint: (protocol, family, set) => [
    { kind: "destination endpoint", family, protocol: nftProtocol(protocol), set },
  ],
};

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
  return [...rules, makeRule([], verdicts[tier.otherwise], undefined)];
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
  const matches = rule.kind === "peers"
    ? peersMatches(rule, families, reading, sets)
    : endpointsMatches(rule, families, reading);
  return matches.map((match) => makeRule(match, verdict, note));
}

type Matches = readonly (readonly Match[])[];

function peersMatches(
  { ports, peers }: PeersRule,
  families: readonly Family[],
  reading: Reading,
  sets: NftSet[],
): Matches {
  const portMatch = portMatches(ports, reading, sets);
  if (peers.kind === "all") return [portMatch];
  const matches: (readonly Match[])[] = [];
  for (const family of families) {
    const keys = [reading.address(nftFamily(family))];
    if (peers.addresses !== undefined) {
      const set = addressSetName(peers.addresses, family);
      matches.push([...portMatch, { kind: "address", keys, set }]);
    }
    const blocks = peers.blocks.filter((block) => block.family === family);
    const [first] = blocks;
    if (first === undefined) continue;
    if (isWholeFamily(first)) {
      const nfproto = family === "IPv4" ? "ipv4" : "ipv6";
      matches.push([...portMatch, { kind: "nfproto", family: nfproto }]);
      continue;
    }
    const set = blockNftSet(blocks, family);
    sets.push(set);
    matches.push([...portMatch, { kind: "address", keys, set: set.name }]);
  }
  return matches;
}

function endpointsMatches(
  { protocol, endpoints }: EndpointsRule,
  families: readonly Family[],
  reading: Reading,
): Matches {
  return families.map((family) =>
    reading.endpoint(protocol, nftFamily(family), endpointSetName(endpoints, family))
  );
}

function portMatches(ports: PortMatch, reading: Reading, sets: NftSet[]): readonly Match[] {
  if (ports.kind === "all") return [];
  if (ports.ranges === undefined) return [l4proto(ports.protocol)];
  return reading.port(ports.protocol, portValue(ports.ranges, sets));
}

function portValue(ranges: readonly PortRange[], sets: NftSet[]): PortValue {
  const [first, second] = ranges;
  if (first !== undefined && second === undefined) return { ports: formatPorts(first) };
  const set = portNftSet(ranges);
  sets.push(set);
  return { set: set.name };
}

function l4proto(protocol: Protocol): Match {
  return { kind: "l4proto", protocols: [nftProtocol(protocol)] };
}

function nftProtocol(protocol: Protocol): L4Proto {
  switch (protocol) {
    case "TCP":
      return "tcp";
    case "UDP":
      return "udp";
    case "SCTP":
      return "sctp";
    default:
      return protocol satisfies never;
  }
}

function makeRule(matches: readonly Match[], verdict: Verdict, note: string | undefined): Rule {
  return { matches, counter: false, verdict, comment: note };
}
