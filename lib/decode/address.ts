// This module is pure.
import ipaddr from "ipaddr.js";
import type { IpAddress } from "../model/address.ts";
import { formatAddressValue } from "../model/address_value.ts";

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const canonicalIpv4 = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}$`);

const group = "[1-9a-f][\\da-f]{0,3}";
/**
 * Canonical IPv6 at a glance: at most six groups, none of them zero, around one `::`. Nearly every
 * pod's address is one of these; all others take the long way.
 */
const plainIpv6 = new RegExp(`^(?!(?:[^:]*:){7})${group}(?::${group})*::${group}(?::${group})*$`);

/**
 * Reads an address: IPv4 as four decimal numbers without leading zeros, IPv6 in any form of RFC
 * 4291 without a zone. An IPv4-mapped one (`::ffff:10.0.0.1`) is the IPv4 address, as for Go.
 */
export function tryParseAddress(text: string): IpAddress | undefined {
  if (canonicalIpv4.test(text) || plainIpv6.test(text)) return text as IpAddress;
  const value = text.includes(":") ? tryParseIpv6(text) : undefined;
  if (value === undefined) return undefined;
  return isMapped(value)
    ? formatAddressValue("IPv4", value & 0xffffffffn)
    : formatAddressValue("IPv6", value);
}

/**
 * Reads an address that the API may have stored long ago: also IPv4 with leading zeros, which are
 * decimal as everywhere in Kubernetes (NP-28), never octal as in C.
 */
export function tryParseLegacyAddress(text: string): IpAddress | undefined {
  const address = tryParseAddress(text);
  if (address !== undefined || !text.includes(".")) return address;
  return tryParseAddress(text.replace(/(?<=^|[:.])0+(?=\d+(?:\.|$))/g, ""));
}

/** Tells whether an IPv6 value is IPv4-mapped: within `::ffff:0:0/96`. */
export function isMapped(value: bigint): boolean {
  return value >> 32n === 0xffffn;
}

function tryParseIpv6(text: string): bigint | undefined {
  // ipaddr.js takes zones, and `::10.0.0.1` for `::ffff:10.0.0.1`: so it sees hexadecimal only.
  const hex = text.replace(/:([\d.]+\.[\d.]+)$/, (_, ipv4: string) => `:${hexGroups(ipv4)}`);
  if (!/^[\da-f:]+$/i.test(hex) || !ipaddr.IPv6.isValid(hex)) return undefined;
  return ipaddr.IPv6.parse(hex).parts.reduce((value, part) => value << 16n | BigInt(part), 0n);
}

/** `192.0.2.1` as two groups; what is no canonical IPv4 becomes what is no group. */
function hexGroups(ipv4: string): string {
  if (!canonicalIpv4.test(ipv4)) return "?";
  const [a, b, c, d] = ipv4.split(".").map(Number) as [number, number, number, number];
  return `${(a << 8 | b).toString(16)}:${(c << 8 | d).toString(16)}`;
}
