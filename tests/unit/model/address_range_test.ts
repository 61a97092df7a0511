import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AddressRange,
  bitsOf,
  isWholeFamily,
  mergeRanges,
  subtractRanges,
} from "../../../lib/model/address_range.ts";

/** Ranges among the first 64 addresses of a family, so that they meet often. */
const range: fc.Arbitrary<AddressRange> = fc.record({
  family: fc.constantFrom("IPv4" as const, "IPv6" as const),
  ends: fc.tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 63 })),
}).map(({ family, ends }) => ({
  family,
  first: BigInt(Math.min(...ends)),
  last: BigInt(Math.max(...ends)),
}));

function members(ranges: readonly AddressRange[]): readonly string[] {
  const all = new Set<string>();
  for (const { family, first, last } of ranges) {
    for (let value = first; value <= last; value++) all.add(`${family} ${value}`);
  }
  return [...all].sort();
}

function assertApart(ranges: readonly AddressRange[]): void {
  ranges.slice(1).forEach((range, i) => {
    const before = ranges[i]!;
    if (range.family !== before.family) return;
    assert.ok(range.first > before.last, "ranges are sorted and disjoint");
  });
}

Deno.test("mergeRanges() holds the same addresses in sorted ranges that do not touch", () => {
  fc.assert(fc.property(fc.array(range), (ranges) => {
    const merged = mergeRanges(ranges);
    assert.deepEqual(members(merged), members(ranges));
    assertApart(merged);
    merged.slice(1).forEach((range, i) => {
      const before = merged[i]!;
      assert.ok(range.family !== before.family || range.first > before.last + 1n);
    });
  }));
});

Deno.test("mergeRanges() gives the same list for the same addresses", () => {
  fc.assert(fc.property(fc.array(range), (ranges) => {
    assert.deepEqual(mergeRanges(ranges.toReversed()), mergeRanges(ranges));
    assert.deepEqual(mergeRanges(mergeRanges(ranges)), mergeRanges(ranges));
  }));
});

Deno.test("NP-24 subtractRanges() removes exactly the exceptions, and leaves disjoint ranges", () => {
  fc.assert(fc.property(range, fc.array(range), (whole, exceptions) => {
    const rest = subtractRanges(whole, exceptions);
    const excepted = new Set(members(exceptions));
    assert.deepEqual(members(rest), members([whole]).filter((member) => !excepted.has(member)));
    assertApart(rest);
  }));
});

Deno.test("subtractRanges() reaches the last address of a family", () => {
  const last = (1n << BigInt(bitsOf("IPv6"))) - 1n;
  const whole: AddressRange = { family: "IPv6", first: 0n, last };
  assert.deepEqual(subtractRanges(whole, [{ ...whole, first: last }]), [{
    ...whole,
    last: last - 1n,
  }]);
  assert.deepEqual(subtractRanges(whole, [whole]), []);
});

Deno.test("isWholeFamily() is true for every address of a family and nothing less", () => {
  assert.ok(isWholeFamily({ family: "IPv4", first: 0n, last: 0xffffffffn }));
  assert.ok(!isWholeFamily({ family: "IPv6", first: 0n, last: 0xffffffffn }));
  assert.ok(!isWholeFamily({ family: "IPv4", first: 1n, last: 0xffffffffn }));
});
