// This module is pure.
import type { Family } from "../model/address.ts";
import type { AddressRange } from "../model/address_range.ts";
import { formatRange } from "../model/address_value.ts";
import { bare, type NftSet } from "../model/nft_set.ts";
import type { AddressSet, Endpoint, EndpointSet } from "../model/peer_sets.ts";
import { formatPorts, type PortRange } from "../model/port.ts";
import { comment } from "./comments.ts";
import { addressSetName, contentSetName, endpointSetName, suffixOf } from "./names.ts";

/** `ip` or `ip6`, as nft's keys begin. */
export function nftFamily(family: Family): "ip" | "ip6" {
  return family === "IPv4" ? "ip" : "ip6";
}

/** One family's part of a set of addresses: a hash set, whose elements come and go. */
export function addressNftSet({ key, addresses }: AddressSet, family: Family): NftSet {
  return {
    name: addressSetName(key, family),
    typeof: `${nftFamily(family)} saddr`,
    keeping: "plain",
    comment: comment(key),
    elements: elements(addresses[family].flat()),
  };
}

/** One family's (address, port) pairs of a set of endpoints. */
export function endpointNftSet({ key, endpoints }: EndpointSet, family: Family): NftSet {
  return {
    name: endpointSetName(key, family),
    typeof: `${nftFamily(family)} saddr . th dport`,
    keeping: "plain",
    comment: comment(key),
    elements: elements(endpoints[family].flat().map(endpointText)),
  };
}

/** Prints an endpoint as an element. */
export function endpointText(endpoint: Endpoint): string {
  return endpoint.replace(" ", " . ");
}

/** `ipv4` or `ipv6`, as `meta nfproto` tells it. */
export function nfprotoOf(family: Family): "ipv4" | "ipv6" {
  return family === "IPv4" ? "ipv4" : "ipv6";
}

/**
 * Blocks of one family, each beside the family itself. That says nothing new, but with a key of two
 * parts nft need not read the set back before it deletes an element of any other, and the kernel
 * finds a block among many as quickly as among few.
 */
export function blockNftSet(blocks: readonly AddressRange[], family: Family): NftSet {
  const ranges = blocks.map(formatRange);
  return {
    name: contentSetName(`blocks${suffixOf(family)}`, ranges),
    typeof: `${nftFamily(family)} saddr . meta nfproto`,
    keeping: "interval",
    comment: undefined,
    elements: elements(ranges.map((range) => `${range} . ${nfprotoOf(family)}`)),
  };
}

/** Up to here a list of ports is kept port by port. */
const mostSinglePorts = 64;

/**
 * A list of ports. Named, as anonymous sets in bulk take minutes to load; port by port where there
 * are not too many, as asking for an interval takes three times as long.
 */
export function portNftSet(ranges: readonly PortRange[]): NftSet {
  const content = ranges.map(formatPorts);
  const count = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const isShort = count <= mostSinglePorts;
  return {
    name: contentSetName("ports", content),
    typeof: "th dport",
    keeping: isShort ? "fixed" : "interval",
    comment: undefined,
    elements: elements(isShort ? ranges.flatMap(singlePorts) : content),
  };
}

function singlePorts({ first, last }: PortRange): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => `${first + i}`);
}

function elements(keys: readonly string[]): NftSet["elements"] {
  return new Map(keys.map((key) => [key, bare]));
}
