// This module is pure.
import type { IpAddress } from "../model/address.ts";
import { familyOf } from "../model/address.ts";
import { addressValue } from "../model/address_value.ts";

/** First bits and their number: this network, loopback, link-local, multicast and what is behind. */
const closed4: readonly (readonly [number, number])[] = [
  [0x00, 8],
  [0x7f, 8],
  [0xa9fe, 16],
  [0xe, 4],
  [0xf, 4],
];

/** Unspecified, loopback and what embeds IPv4; link-local; multicast; where a cloud tells secrets. */
const closed6: readonly (readonly [number, number])[] = [
  [0x0, 80],
  [0xfe8 >> 2, 10],
  [0xff, 8],
  [0xfd000ec2, 32],
];

/** The first 96 bits of addresses that a gateway takes to the IPv4 address in their last 32. */
const nat64 = 0x64ff9bn << 64n;

/**
 * Tells whether a name may open an address. Whoever owns a domain decides what its names stand
 * for, and must not so reach the link of a node: its loopback, the link-local addresses where
 * clouds tell secrets, groups.
 */
export function isOpenable(address: IpAddress): boolean {
  const value = addressValue(address);
  if (familyOf(address) === "IPv4") return !isIn(closed4, value, 32);
  if (value >> 32n === nat64) return !isIn(closed4, value & 0xffff_ffffn, 32);
  return !isIn(closed6, value, 128);
}

function isIn(blocks: typeof closed4, value: bigint, bits: number): boolean {
  return blocks.some(([first, length]) => value >> BigInt(bits - length) === BigInt(first));
}
