// This module is pure.
import type { Family } from "../model/address.ts";
import { isWholeFamily } from "../model/address_range.ts";
import type {
  EndpointsRule,
  Group,
  GroupRule,
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
import { endpointSetName, groupChainName, podSetName, untrackedChainName } from "./names.ts";

/** A group's chain, and the sets whose names say their content. */
export interface GroupChain {
  /** Its last rule denies whatever no other has allowed. */
  readonly chain: Chain;
  /** The blocks and lists of ports of its rules; groups that need the same share it by its name. */
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

/** The chain that judges a group's pods; what it does not allow goes to `deny-DIRECTION`. */
export function groupChain(group: Group): GroupChain {
  const reading = tupleReading(group.direction === "egress" ? "reply" : "original");
  return makeChain(group, groupChainName(group), reading);
}

/** Its twin for packets that conntrack does not track, from pods to their own node. */
export function untrackedChain(group: Group): GroupChain {
  return makeChain(group, untrackedChainName(group), headerReading);
}

function makeChain(group: Group, name: string, reading: Reading): GroupChain {
  const sets: NftSet[] = [];
  const rules = group.rules.flatMap((rule) => rulesFor(rule, group.families, reading, sets));
  const deny: Verdict = { kind: "goto", chain: `deny-${group.direction}` };
  const policies = group.policies.join(", ");
  return {
    sets,
    chain: {
      name,
      hook: undefined,
      comment: comment(policies === "" ? "a pod that could not be understood" : policies),
      rules: [...rules, makeRule([], deny, undefined)],
    },
  };
}

/** One rule for each family and way of looking up its peers. */
function rulesFor(
  rule: GroupRule,
  families: readonly Family[],
  reading: Reading,
  sets: NftSet[],
): readonly Rule[] {
  const note = comment(rule.policies.join(", "));
  const matches = rule.kind === "peers"
    ? peersMatches(rule, families, reading, sets)
    : endpointsMatches(rule, families, reading);
  return matches.map((match) => makeRule(match, reading.allowed, note));
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
    if (peers.pods !== undefined) {
      const set = podSetName(peers.pods, family);
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
