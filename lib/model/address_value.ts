// This module is pure.
import type { Family, IpAddress } from "./address.ts";
import { type AddressPoint, type AddressRange, bitsOf } from "./address_range.ts";
import { familyOf } from "./address.ts";

/** A canonical address as a number: 32 bits for IPv4, 128 for IPv6. */
export function addressValue(address: IpAddress): bigint {
  return familyOf(address) === "IPv4" ? BigInt(ipv4Value(address)) : ipv6Value(address);
}

/** Where a canonical address lies among all of its family. */
export function addressPoint(address: IpAddress): AddressPoint {
  return { family: familyOf(address), value: addressValue(address) };
}

/**
 * The canonical text of an address. IPv6 is RFC 5952, with the last 32 bits in dotted decimal
 * where glibc and so nft print them that way (`::192.0.2.1`, `::ffff:192.0.2.1`): what the kernel
 * holds is compared as text.
 */
export function formatAddressValue(family: Family, value: bigint): IpAddress {
  return (family === "IPv4" ? formatIpv4(value) : formatIpv6(value)) as IpAddress;
}

/** Prints a range as nft prints an element: an address, a prefix, or `first-last`. */
export function formatRange({ family, first, last }: AddressRange): string {
  const from = formatAddressValue(family, first);
  if (first === last) return from;
  const prefix = prefixLength(bitsOf(family), first, last);
  return prefix === undefined ? `${from}-${formatAddressValue(family, last)}` : `${from}/${prefix}`;
}

/** By hand, and not by `split`: all pods' addresses are asked at the start. */
function ipv4Value(address: string): number {
  let [value, octet] = [0, 0];
  for (let i = 0; i < address.length; i++) {
    const digit = address.charCodeAt(i) - 48;
    if (digit >= 0) octet = octet * 10 + digit;
    else [value, octet] = [(value + octet) * 256, 0]; // a dot
  }
  return value + octet;
}

function ipv6Value(address: string): bigint {
  const [before, after] = address.split("::") as [string, string | undefined];
  const head = groupsOf(before);
  const tail = after === undefined ? [] : groupsOf(after);
  const gap = Array<number>(8 - head.length - tail.length).fill(0);
  return [...head, ...gap, ...tail].reduce((value, group) => value << 16n | BigInt(group), 0n);
}

function groupsOf(text: string): readonly number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [parseInt(group, 16)];
    const value = ipv4Value(group);
    return [Math.floor(value / 0x10000), value % 0x10000];
  });
}

function formatIpv4(value: bigint): string {
  const bits = Number(value);
  return `${bits >>> 24}.${bits >>> 16 & 255}.${bits >>> 8 & 255}.${bits & 255}`;
}

function formatIpv6(value: bigint): string {
  const groups = Array.from(
    { length: 8 },
    (_, i) => Number(value >> BigInt(112 - 16 * i) & 0xffffn),
  );
  const { start, length } = longestZeros(groups);
  const mapped = length === 5 && groups[5] === 0xffff;
  if (start === 0 && (length === 6 || mapped)) {
    return `::${mapped ? "ffff:" : ""}${formatIpv4(value & 0xffffffffn)}`;
  }
  const print = (part: readonly number[]): string =>
    part.map((group) => group.toString(16)).join(":");
  if (length < 2) return print(groups);
  return `${print(groups.slice(0, start))}::${print(groups.slice(start + length))}`;
}

/** The first of the longest runs of zeros. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** The length of the prefix that a range is; undefined where it is none. */
function prefixLength(bits: number, first: bigint, last: bigint): number | undefined {
  const size = last - first + 1n;
  if ((size & (size - 1n)) !== 0n || (first & (size - 1n)) !== 0n) return undefined;
  return bits - (size.toString(2).length - 1);
}
