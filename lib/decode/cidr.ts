// This module is pure.
import { familyOf } from "../model/address.ts";
import { type AddressRange, bitsOf } from "../model/address_range.ts";
import { addressValue } from "../model/address_value.ts";
import { tryParseLegacyAddress } from "./address.ts";

/**
 * Reads a CIDR block as the API server does where it is most patient, because what it stored long
 * ago is still there (NP-28): bits behind the prefix are masked (`10.0.0.5/8` is `10.0.0.0/8`),
 * leading zeros are decimal. Anything else has to be exact.
 *
 * An IPv4-mapped block (`::ffff:10.0.0.0/104`) is the IPv4 block (`10.0.0.0/8`), as Go's net
 * package takes it. With fewer than 96 bits it is an IPv6 block, and matches no IPv4 address.
 */
export function tryParseCidr(text: string): AddressRange | undefined {
  const [, base, length] = /^([^/]+)\/(\d{1,9})$/.exec(text) ?? [];
  if (base === undefined || length === undefined) return undefined;
  const address = tryParseLegacyAddress(base);
  if (address === undefined) return undefined;
  const family = familyOf(address);
  const value = addressValue(address);
  const mapped = family === "IPv4" && base.includes(":");
  if (!mapped) return blockOf({ family, value, prefix: Number(length) });
  const prefix = Number(length) - 96;
  return prefix >= 0
    ? blockOf({ family, value, prefix })
    : blockOf({ family: "IPv6", value: 0xffffn << 32n | value, prefix: prefix + 96 });
}

interface Block {
  readonly family: AddressRange["family"];
  readonly value: bigint;
  readonly prefix: number;
}

function blockOf({ family, value, prefix }: Block): AddressRange | undefined {
  const bits = bitsOf(family);
  if (prefix > bits) return undefined;
  const hosts = (1n << BigInt(bits - prefix)) - 1n;
  const first = value & ~hosts;
  return { family, first, last: first | hosts };
}
