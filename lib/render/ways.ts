// This module is pure.
import type { Family } from "../model/address.ts";
import { type AddressRange, isWholeFamily } from "../model/address_range.ts";
import { formatRange } from "../model/address_value.ts";
import type { EndpointsRule, PeersRule, PortMatch, PortsRule } from "../model/group.ts";
import type { AddressKey, Match, PortValue, Rule } from "../model/nft_rule.ts";
import type { NftSet } from "../model/nft_set.ts";
import { formatPorts, type PortRange } from "../model/port.ts";
import { blockNftSet, nfprotoOf, nftFamily, portNftSet } from "./addresses.ts";
import { addressSetName, endpointSetName, formerSetName, nameSetName } from "./names.ts";
import { l4proto, type Reading } from "./reading.ts";

/** What a rule of nft looks for, and what it remembers of what it found. */
export interface Way extends Pick<Rule, "matches" | "update"> {
  /** What is asked of the far end's address, as rules of one action stand in this order. */
  readonly asks: typeof questions[number];
}

/** The cheapest first: nothing that takes a set, a look-up in a hash, one in intervals. */
export const questions = ["nothing", "hash", "intervals"] as const;

/** Where ways are made for. */
export interface WaysPlace {
  /** None is made for another. */
  readonly families: readonly Family[];
  /** How the far end is read. */
  readonly reading: Reading;
  /** Takes the sets of ports and blocks that they name. */
  readonly sets: NftSet[];
}

/** The ways in which a packet comes to be one that a rule is about: each is a rule of nft. */
export function waysOf(rule: WayRule, place: WaysPlace): readonly Way[] {
  switch (rule.kind) {
    case "peers":
      return peersWays(rule, place);
    case "endpoints":
      return endpointsWays(rule, place);
    case "ports":
      return portsWays(rule, place);
    default:
      return rule satisfies never;
  }
}

/** A rule that is the same in whatever chain it is, but for where its packets go. */
export type WayRule = PeersRule | EndpointsRule | PortsRule;

/** One for each protocol that has such ports, and for each family where they have names. */
function portsWays({ ports, named }: PortsRule, place: WaysPlace): readonly Way[] {
  return [
    ...ports.map((match): Way => ({ matches: portMatches(match, place), asks: "nothing" })),
    ...named.flatMap((rule) => endpointsWays(rule, place)),
  ];
}

function peersWays({ ports, peers }: PeersRule, place: WaysPlace): readonly Way[] {
  const { families, reading, sets } = place;
  const portMatch = portMatches(ports, place);
  if (peers.kind === "all") return [{ matches: portMatch, asks: "nothing" }];
  const ways: Way[] = [];
  for (const family of families) {
    const key = reading.address(nftFamily(family));
    if (peers.addresses !== undefined) {
      const set = addressSetName(peers.addresses, family);
      ways.push({
        matches: [...portMatch, { kind: "address", keys: [key], set }],
        asks: "hash",
      });
    }
    const blocks = peers.blocks.filter((block) => block.family === family);
    ways.push(...blockWays({ blocks, family, key, portMatch, sets }));
    if (peers.names !== undefined) {
      ways.push(...nameWays({ names: peers.names, family, portMatch, reading }));
    }
  }
  return ways;
}

interface BlocksPlace {
  /** All of the family. */
  readonly blocks: readonly AddressRange[];
  readonly family: Family;
  readonly key: AddressKey;
  readonly portMatch: readonly Match[];
  readonly sets: NftSet[];
}

/** A block alone needs no set: to compare with it costs a third of a look-up. */
function blockWays({ blocks, family, key, portMatch, sets }: BlocksPlace): readonly Way[] {
  const [first, ...others] = blocks;
  if (first === undefined) return [];
  if (isWholeFamily(first)) {
    const match: Match = { kind: "nfproto", family: nfprotoOf(family) };
    return [{ matches: [...portMatch, match], asks: "nothing" }];
  }
  if (others.length === 0) {
    const match: Match = { kind: "prefix", key, prefix: formatRange(first), isOther: false };
    return [{ matches: [...portMatch, match], asks: "nothing" }];
  }
  const set = blockNftSet(blocks, family);
  sets.push(set);
  const match: Match = { kind: "address", keys: [key, "meta nfproto"], set: set.name };
  return [{ matches: [...portMatch, match], asks: "intervals" }];
}

interface NamesPlace {
  /** The key of a NameSet. */
  readonly names: string;
  readonly family: Family;
  readonly portMatch: readonly Match[];
  readonly reading: Reading;
}

/**
 * CNP-14: new connections go to addresses that names stand for now. Each use is remembered, where
 * there is room for it, and what is established lives on when the name has moved.
 */
function nameWays({ names, family, portMatch, reading }: NamesPlace): readonly Way[] {
  const key = reading.address(nftFamily(family));
  const former = formerSetName(names, family);
  const isCurrent: Match = { kind: "address", keys: [key], set: nameSetName(names, family) };
  if (!reading.isTracked) return [{ matches: [...portMatch, isCurrent], asks: "hash" }];
  const isEstablished: Match = { kind: "ct state", states: ["established"] };
  const wasUsed: Match = { kind: "address", keys: [key], set: former };
  const update = { how: "update", set: former, key } as const;
  return [
    { matches: [...portMatch, isCurrent], update, asks: "hash" },
    { matches: [...portMatch, isCurrent], asks: "hash" },
    { matches: [isEstablished, ...portMatch, wasUsed], update, asks: "hash" },
  ];
}

/** The ways to endpoints of a set: one for each family. */
function endpointsWays(
  { protocol, endpoints }: Pick<EndpointsRule, "protocol" | "endpoints">,
  { families, reading }: Pick<WaysPlace, "families" | "reading">,
): readonly Way[] {
  return families.map((family) => ({
    matches: reading.endpoint(protocol, nftFamily(family), endpointSetName(endpoints, family)),
    asks: "hash",
  }));
}

/** What a packet has in common that goes to some ports. */
function portMatches(
  ports: PortMatch,
  { reading, sets }: Pick<WaysPlace, "reading" | "sets">,
): readonly Match[] {
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
