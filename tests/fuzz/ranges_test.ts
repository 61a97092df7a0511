import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Family, IpAddress } from "../../lib/model/address.ts";
import {
  type AddressRange,
  bitsOf,
  compareRanges,
  isWholeFamily,
  mergeRanges,
  subtractRanges,
} from "../../lib/model/address_range.ts";
import { addressValue, formatAddressValue, formatRange } from "../../lib/model/address_value.ts";
import { tryParseAddress } from "../../lib/decode/address.ts";
import { tryParseCidr } from "../../lib/decode/cidr.ts";
import { mergePorts, type PortRange } from "../../lib/model/port.ts";
import { assertHolds, fuzzSeed } from "./report.ts";

/** A few addresses at the beginning or the end of a family, all of which can be looked at. */
const window = 24n;
const family = fc.constantFrom<Family>("IPv4", "IPv6");
const offset = fc.bigInt({ min: 0n, max: window - 1n });

function rangeAt(
  family: Family,
  isAtEnd: boolean,
  [a, b]: readonly [bigint, bigint],
): AddressRange {
  const start = isAtEnd ? (1n << BigInt(bitsOf(family))) - window : 0n;
  return { family, first: start + (a < b ? a : b), last: start + (a < b ? b : a) };
}

const range = fc.tuple(family, fc.boolean(), fc.tuple(offset, offset))
  .map(([family, isAtEnd, ends]) => rangeAt(family, isAtEnd, ends));
const ranges = fc.array(range, { maxLength: 8 });

/** Every address that is looked at. */
const universe = (["IPv4", "IPv6"] as const).flatMap((family) =>
  [false, true].flatMap((isAtEnd) =>
    Array.from(
      { length: Number(window) },
      (_, i) => rangeAt(family, isAtEnd, [BigInt(i), BigInt(i)]),
    )
  )
);

function isIn(address: AddressRange, ranges: readonly AddressRange[]): boolean {
  return ranges.some(({ family, first, last }) =>
    family === address.family && first <= address.first && address.first <= last
  );
}

/** Sorted, and between two of one family there is a gap. */
function assertNormal(ranges: readonly AddressRange[]): void {
  for (const [i, range] of ranges.entries()) {
    assert.ok(range.first <= range.last);
    const previous = ranges[i - 1];
    if (previous === undefined) continue;
    assert.ok(compareRanges(previous, range) < 0);
    assert.ok(previous.family !== range.family || previous.last + 1n < range.first);
  }
}

function holds<T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => void): void {
  const details = fc.check(fc.property(arbitrary, predicate), { seed: fuzzSeed(), numRuns: 2000 });
  assertHolds(
    details,
    (value) => JSON.stringify(value, (_, v: unknown) => typeof v === "bigint" ? `${v}n` : v),
  );
}

Deno.test("merged ranges hold exactly the addresses that went in, each once, with gaps between", () => {
  holds(ranges, (ranges) => {
    const merged = mergeRanges(ranges);
    assertNormal(merged);
    for (const address of universe) assert.equal(isIn(address, merged), isIn(address, ranges));
  });
});

Deno.test("a range less its exceptions holds exactly the addresses that are left (NP-24)", () => {
  holds(fc.tuple(range, ranges), ([range, exceptions]) => {
    const rest = subtractRanges(range, exceptions);
    assertNormal(rest);
    for (const address of universe) {
      assert.equal(isIn(address, rest), isIn(address, [range]) && !isIn(address, exceptions));
    }
  });
});

Deno.test("blocks are read as the ranges that a count of their bits gives", () => {
  const block = family.chain((family) =>
    fc.tuple(
      fc.constant(family),
      fc.bigInt({ min: 0n, max: (1n << BigInt(bitsOf(family))) - 1n }),
      fc.integer({ min: 0, max: bitsOf(family) }),
    )
  );
  holds(block, ([family, value, prefix]) => {
    const bits = value.toString(2).padStart(bitsOf(family), "0").slice(0, prefix);
    const first = BigInt(`0b0${bits.padEnd(bitsOf(family), "0")}`);
    const last = BigInt(`0b0${bits.padEnd(bitsOf(family), "1")}`);
    const text = `${formatAddressValue(family, value)}/${prefix}`;
    // An IPv4-mapped block is the IPv4 block that it maps.
    if (family === "IPv6" && value >> 32n === 0xffffn) return;
    const parsed = tryParseCidr(text);
    assert.deepEqual(parsed, { family, first, last });
    assert.equal(isWholeFamily({ family, first, last }), prefix === 0);
    const expected = prefix === bitsOf(family)
      ? formatAddressValue(family, first)
      : `${formatAddressValue(family, first)}/${prefix}`;
    assert.equal(formatRange({ family, first, last }), expected);
  });
});

Deno.test("addresses are the same after they were printed and read, compressed in every way", () => {
  const group = fc.constantFrom(0, 0, 0, 1, 0xffff, 0xa0);
  const value = fc.oneof(
    fc.tuple(fc.constant<Family>("IPv4"), fc.bigInt({ min: 0n, max: 0xffffffffn })),
    fc.tuple(
      fc.constant<Family>("IPv6"),
      fc.array(group, { minLength: 8, maxLength: 8, size: "max" })
        .map((groups) => groups.reduce((sum, group) => sum << 16n | BigInt(group), 0n)),
    ),
  );
  holds(value, ([family, value]) => {
    const text = formatAddressValue(family, value);
    assert.equal(addressValue(text), value);
    if (family === "IPv6" && value >> 32n === 0xffffn) return;
    assert.equal(tryParseAddress(text), text as IpAddress);
  });
});

Deno.test("merged ports hold exactly the ports that went in, each once, with gaps between", () => {
  const port = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 65520, max: 65535 }));
  const range = fc.tuple(port, port)
    .map(([a, b]): PortRange => ({ first: Math.min(a, b), last: Math.max(a, b) }));
  const isIn = (port: number, ranges: readonly PortRange[]): boolean =>
    ranges.some(({ first, last }) => first <= port && port <= last);
  const looked = Array.from({ length: 40 }, (_, i) => i < 22 ? i : 65496 + i);
  holds(fc.array(range, { maxLength: 8 }), (ranges) => {
    const merged = mergePorts(ranges);
    for (const [i, { first, last }] of merged.entries()) {
      assert.ok(first <= last && (i === 0 || (merged[i - 1]?.last ?? 0) + 1 < first));
    }
    for (const port of looked) assert.equal(isIn(port, merged), isIn(port, ranges));
  });
});
