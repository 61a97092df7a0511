// This module is pure.
import { createHash } from "node:crypto";
import type { Group, GroupTier, PortClassRules } from "../model/group.ts";
import type { Direction } from "../model/network_policy.ts";
import type { AddressSet, EndpointSet, NameSet } from "../model/peer_sets.ts";
import type { Protocol } from "../model/port.ts";
import type { Family } from "../model/address.ts";

/**
 * nft takes names of up to 255 characters; a third of that is as much as one can read. The part
 * for the reader is clamped, the hash is not.
 */
const maxReadable = 60;

/** "4" or "6", the end of the names of things that come once a family. */
export function suffixOf(family: Family): "4" | "6" {
  return family === "IPv4" ? "4" : "6";
}

/** The name of the first of a group's chains: `egress-shop.web-HASH`, after its first policy. */
export function groupChainName(
  { direction, key, tiers: [first] }: Pick<Group, "direction" | "key" | "tiers">,
): string {
  return named(direction, first.policies[0] ?? "broken", key);
}

/** The name of the twin of an egress group's chain that judges untracked packets. */
export function untrackedChainName(group: Group): string {
  return `untracked-${groupChainName(group)}`;
}

/** The name of the chain of a tier that is not its group's first. */
export function tierChainName(first: string, { tier }: GroupTier): string {
  return `${first}-${tier.toLowerCase()}`;
}

/** The name of the chain of a tier's ports that are judged by rules of their own. */
export function portsChainName(tier: string): string {
  return `${tier}-ports`;
}

/** The name of the chain of a class of ports, after the first of them: `CHAIN-tcp-80`. */
export function classChainName(tier: string, ports: PortClassRules["ports"]): string {
  const [match] = ports;
  if (match?.kind !== "protocol") throw new Error(`Cannot name a chain of ${tier}: no ports`);
  return `${tier}-${match.protocol.toLowerCase()}-${match.ranges?.[0]?.first ?? "all"}`;
}

/** The name of a map from a protocol's ports to such chains: the same content, the same name. */
export function portMapName(tier: string, protocol: Protocol, content: readonly string[]): string {
  return named(tier, protocol.toLowerCase(), content.join(" "));
}

/** The name of the set of one family's addresses of peers: `peers4-shop-app-web-HASH`. */
export function addressSetName(key: AddressSet["key"], family: Family): string {
  return named(`peers${suffixOf(family)}`, key, key);
}

/** The name of the set of one family's endpoints: `endpoints4-TCP-http-of-shop-HASH`. */
export function endpointSetName(key: EndpointSet["key"], family: Family): string {
  return named(`endpoints${suffixOf(family)}`, key, key);
}

/** The name of the set of one family's addresses that names stand for: `names4-example.com-HASH`. */
export function nameSetName(key: NameSet["key"], family: Family): string {
  return named(`names${suffixOf(family)}`, key, key);
}

/** The name of its twin of addresses that were used before: `former4-example.com-HASH`. */
export function formerSetName(key: NameSet["key"], family: Family): string {
  return named(`former${suffixOf(family)}`, key, key);
}

/** The name of a set that is never edited: the same content, the same name. */
export function contentSetName(prefix: string, content: readonly string[]): string {
  return named(prefix, content.slice(0, 3).join(" "), content.join(" "));
}

/** The name of a chain that judges by two others. */
export function bothChainName(first: string, last: string): string {
  return named("both", "", `${first} ${last}`);
}

/** The name of a base map: `ingress4`, `untracked-egress6`. */
export function mapName(direction: Direction | "untracked-egress", family: Family): string {
  return `${direction}${suffixOf(family)}`;
}

/** The names of the maps that send what comes by a pod's interface to the pod's chains. */
export const interfaceMaps = { egress: "egress-if", untracked: "untracked-egress-if" } as const;

/** Prefix, readable part, hash of the whole key: 64 bits, so that nobody can aim at another's. */
function named(prefix: string, readable: string, key: string): string {
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 16);
  return [prefix, slug(readable), hash].filter((part) => part !== "").join("-");
}

/** What nft allows in names, and reads well; a slash becomes a dot. */
function slug(text: string): string {
  const start = text.slice(0, 4 * maxReadable); // keys may be of any length
  return start.replaceAll("/", ".").replaceAll(/[^A-Za-z0-9_.]+/g, "-").slice(0, maxReadable)
    .replaceAll(/^[-.]+|[-.]+$/g, "");
}

/** Names the set of one family's pods that are known in the node's range. */
export function knownSetName(family: Family): string {
  return `known${suffixOf(family)}`;
}

/** Tells whether a set is one of these. */
export function isKnownSet(name: string): boolean {
  return name === "known4" || name === "known6";
}
