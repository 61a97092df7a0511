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

/** Unspecified, loopback and what embeds IPv4; link-local; multicast. */
const closed6: readonly (readonly [number, number])[] = [[0x0, 80], [0xfe8 >> 2, 10], [0xff, 8]];

/**
 * Tells whether a name may open an address. Whoever owns a domain decides what its names stand
 * for, and must not so reach the link of a node: its loopback, the link-local addresses where
 * clouds tell secrets, groups.
 */
export function isOpenable(address: IpAddress): boolean {
  const isIpv4 = familyOf(address) === "IPv4";
  const value = addressValue(address);
  const bits = isIpv4 ? 32 : 128;
  return !(isIpv4 ? closed4 : closed6).some(([prefix, length]) =>
    value >> BigInt(bits - length) === BigInt(prefix)
  );
}
