import assert from "node:assert/strict";
import fc from "fast-check";
import type { Family, IpAddress } from "../../../lib/model/address.ts";
import { bitsOf } from "../../../lib/model/address_range.ts";
import { addressValue, formatAddressValue, formatRange } from "../../../lib/model/address_value.ts";

const family: fc.Arbitrary<Family> = fc.constantFrom("IPv4", "IPv6");

/** Values of a family; many with long runs of zeros, which is where IPv6 is printed specially. */
function valueOf(family: Family): fc.Arbitrary<bigint> {
  const group = fc.oneof(fc.constant(0), fc.constant(0xffff), fc.integer({ min: 0, max: 0xffff }));
  const groups = bitsOf(family) / 16;
  return fc.array(group, { minLength: groups, maxLength: groups }).map((list) =>
    list.reduce((value, part) => value << 16n | BigInt(part), 0n)
  );
}

const addressOf = family.chain((family) => fc.tuple(fc.constant(family), valueOf(family)));

Deno.test("formatAddressValue() is undone by addressValue()", () => {
  fc.assert(
    fc.property(addressOf, ([family, value]) => {
      const text = formatAddressValue(family, value);
      // A mapped address prints as IPv4 in IPv6, which no canonical address is.
      assert.equal(addressValue(text), value, text);
    }),
    { numRuns: 2000 },
  );
});

const printed: readonly (readonly [Family, bigint, string])[] = [
  ["IPv4", 0n, "0.0.0.0"],
  ["IPv4", 0xffffffffn, "255.255.255.255"],
  ["IPv4", 0x0a000001n, "10.0.0.1"],
  ["IPv6", 0n, "::"],
  ["IPv6", 1n, "::1"],
  ["IPv6", 0x20010db8_00000000_00000000_00000001n, "2001:db8::1"],
  ["IPv6", 0x20010db8_00000001_00010001_00010001n, "2001:db8:0:1:1:1:1:1"],
  ["IPv6", 0x00010000_00000002_00000000_00000003n, "1:0:0:2::3"],
  ["IPv6", 0x00010000_00000002_00030000_00000004n, "1::2:3:0:0:4"],
  ["IPv6", 0x00010002_00030004_00050006_00070000n, "1:2:3:4:5:6:7:0"],
  ["IPv6", 0xfd000000_00000000_00000000_00000000n, "fd00::"],
  ["IPv6", 0x00000000_00000000_00000000_01020304n, "::1.2.3.4"],
  ["IPv6", 0x00000000_00000000_00000000_00010000n, "::0.1.0.0"],
  ["IPv6", 0x00000000_00000000_0000ffff_01020304n, "::ffff:1.2.3.4"],
];

for (const [family, value, text] of printed) {
  Deno.test(`formatAddressValue() prints ${family} ${value.toString(16)} as ${text}`, () => {
    assert.equal(formatAddressValue(family, value), text);
  });
}

const ranges: readonly (readonly [string, string, string])[] = [
  ["10.0.0.1", "10.0.0.1", "10.0.0.1"],
  ["10.0.0.0", "10.255.255.255", "10.0.0.0/8"],
  ["10.0.0.0", "10.0.0.1", "10.0.0.0/31"],
  ["10.0.0.1", "10.0.0.2", "10.0.0.1-10.0.0.2"],
  ["10.0.0.1", "10.0.0.4", "10.0.0.1-10.0.0.4"],
  ["0.0.0.0", "255.255.255.255", "0.0.0.0/0"],
  ["0.0.0.0", "9.255.255.255", "0.0.0.0-9.255.255.255"],
  ["128.0.0.0", "255.255.255.255", "128.0.0.0/1"],
  ["::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0"],
  ["fd00::", "fd00::ffff", "fd00::/112"],
  ["fd00::", "fd00::fffe", "fd00::-fd00::fffe"],
];

for (const [first, last, text] of ranges) {
  Deno.test(`formatRange() prints ${first} to ${last} as ${text}`, () => {
    const family = first.includes(":") ? "IPv6" : "IPv4";
    const [from, to] = [first, last].map((address) => addressValue(address as IpAddress));
    assert.equal(formatRange({ family, first: from ?? 0n, last: to ?? 0n }), text);
  });
}
