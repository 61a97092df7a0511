import * as fc from "fast-check";
import type { Family } from "../../lib/model/address.ts";
import { type AddressRange, bitsOf } from "../../lib/model/address_range.ts";
import { formatAddressValue } from "../../lib/model/address_value.ts";

/** Addresses from the first on: blocks lie around the first 32. */
export interface Pool {
  readonly family: Family;
  readonly first: bigint;
}

/** Where pods' addresses come from, and where nobody of the cluster has one. */
const pools: readonly Pool[] = [
  { family: "IPv4", first: 0x0a000000n },
  { family: "IPv6", first: 0xfd00n << 112n },
  { family: "IPv4", first: 0xcb007100n },
  { family: "IPv6", first: 0x20010db8n << 96n },
];

/** So few that pods often get the address of another. */
const podAddresses = 24;

const podAddress = (pool: 0 | 1): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: podAddresses }).map((number) => {
    const { family, first } = pools[pool] ?? { family: "IPv4", first: 0n };
    return formatAddressValue(family, first + BigInt(number));
  });

/** A pod's `status.podIPs`: none, one of a family, or of both, or two of one family. */
export const podIps: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.tuple(podAddress(0)) },
  { weight: 2, arbitrary: fc.tuple(podAddress(1)) },
  { weight: 5, arbitrary: fc.tuple(podAddress(0), podAddress(1)) },
  { weight: 1, arbitrary: fc.tuple(podAddress(1), podAddress(0), podAddress(1)) },
);

interface Block {
  readonly cidr: string;
  readonly range: AddressRange;
  readonly prefix: number;
}

/** A block as text: most often masked, sometimes with host bits (NP-28). */
function blockAt(
  family: Family,
  value: bigint,
  options: { prefix: number; isMasked: boolean },
): Block {
  const { prefix, isMasked } = options;
  const size = 1n << BigInt(bitsOf(family) - prefix);
  const first = value - value % size;
  const text = formatAddressValue(family, isMasked ? first : value);
  return { cidr: `${text}/${prefix}`, prefix, range: { family, first, last: first + size - 1n } };
}

function blockAround(pools: readonly Pool[]): fc.Arbitrary<Block> {
  return fc.record({
    pool: fc.constantFrom(...pools),
    offset: fc.bigInt({ min: 0n, max: 31n }),
    hostBits: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 5 }) },
      { weight: 2, arbitrary: fc.constantFrom(8, 16, 24, 31, 32) },
      { weight: 1, arbitrary: fc.constantFrom(64, 127, 128) },
    ),
    isMasked: fc.boolean(),
  }).map(({ pool: { family, first }, offset, hostBits, isMasked }) =>
    blockAt(family, first + offset, { prefix: Math.max(0, bitsOf(family) - hostBits), isMasked })
  );
}

/** An `ipBlock` of the API. */
export interface IpBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** Blocks around pools, with exceptions that overlap, nest, or leave nothing. */
export function ipBlockAround(pools: readonly Pool[]): fc.Arbitrary<IpBlock> {
  return blockAround(pools).chain((outer): fc.Arbitrary<IpBlock> => {
    const { cidr, prefix, range: { family } } = outer;
    if (prefix === bitsOf(family)) return fc.constant({ cidr });
    return fc.array(exceptionOf(outer), { maxLength: 3 }).map((except) =>
      except.length === 0 ? { cidr } : { cidr, except }
    );
  });
}

/** Blocks around pods and outside. */
export const ipBlock: fc.Arbitrary<IpBlock> = ipBlockAround(pools);

/** A smaller block, near the first or the last address of a larger one. */
function exceptionOf({ range, prefix }: Block): fc.Arbitrary<string> {
  const { family, first, last } = range;
  const bits = bitsOf(family);
  const room = bits - prefix;
  return fc.record({
    offset: fc.bigInt({ min: 0n, max: 31n }),
    isFromEnd: fc.boolean(),
    more: fc.integer({ min: 1, max: Math.min(room, 6) }),
    isSmall: fc.boolean(),
  }).map(({ offset, isFromEnd, more, isSmall }) => {
    const within = offset % (last - first + 1n);
    const value = isFromEnd ? last - within : first + within;
    const longer = isSmall ? bits - Math.min(more - 1, room - 1) : prefix + more;
    return blockAt(family, value, { prefix: longer, isMasked: true }).cidr;
  });
}
