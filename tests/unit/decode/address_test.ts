import assert from "node:assert/strict";
import fc from "fast-check";
import { tryParseAddress, tryParseLegacyAddress } from "../../../lib/decode/address.ts";
import { tryParseCidr } from "../../../lib/decode/cidr.ts";
import { bitsOf } from "../../../lib/model/address_range.ts";
import { addressValue, formatAddressValue, formatRange } from "../../../lib/model/address_value.ts";

/** text, what it is, what it is where leading zeros are taken */
const addresses: readonly (readonly [string, string | undefined, string | undefined])[] = [
  ["10.0.0.1", "10.0.0.1", "10.0.0.1"],
  ["0.0.0.0", "0.0.0.0", "0.0.0.0"],
  ["255.255.255.255", "255.255.255.255", "255.255.255.255"],
  ["010.0.0.1", undefined, "10.0.0.1"],
  ["010.001.000.09", undefined, "10.1.0.9"],
  ["0010.0.0.1", undefined, "10.0.0.1"],
  ["256.0.0.1", undefined, undefined],
  ["1.2.3", undefined, undefined],
  ["1.2.3.4.5", undefined, undefined],
  ["1..2.3", undefined, undefined],
  ["0x10.1.1.1", undefined, undefined],
  ["1.2.3.4 ", undefined, undefined],
  ["1.2.3.4\n", undefined, undefined],
  ["１.2.3.4", undefined, undefined],
  ["167772161", undefined, undefined],
  ["", undefined, undefined],
  ["::", "::", "::"],
  ["::1", "::1", "::1"],
  ["fd00:10:244:1::5", "fd00:10:244:1::5", "fd00:10:244:1::5"],
  ["FD00::1", "fd00::1", "fd00::1"],
  ["fd00:0:0:0:0:0:0:1", "fd00::1", "fd00::1"],
  ["fd00::0001", "fd00::1", "fd00::1"],
  ["1:0:0:2::3", "1:0:0:2::3", "1:0:0:2::3"],
  ["1::2:3:4:5:6:7", "1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
  ["a:b:c:d:e:f:1::", "a:b:c:d:e:f:1:0", "a:b:c:d:e:f:1:0"],
  ["1:2:3:4:5:6::7:8", undefined, undefined],
  ["1:2:3:4:5:6:7:8:9", undefined, undefined],
  ["1::2::3", undefined, undefined],
  [":::", undefined, undefined],
  ["fd00::12345", undefined, undefined],
  ["fe80::1%eth0", undefined, undefined],
  ["[::1]", undefined, undefined],
  ["::1.2.3.4", "::1.2.3.4", "::1.2.3.4"],
  ["::102:304", "::1.2.3.4", "::1.2.3.4"],
  ["64:ff9b::1.2.3.4", "64:ff9b::102:304", "64:ff9b::102:304"],
  ["::ffff:10.0.0.1", "10.0.0.1", "10.0.0.1"],
  ["::ffff:a00:1", "10.0.0.1", "10.0.0.1"],
  ["::ffff:010.0.0.1", undefined, "10.0.0.1"],
  ["::ffff:10.0.0.256", undefined, undefined],
  ["::ffff:10.0.1", undefined, undefined],
];

for (const [text, strict, legacy] of addresses) {
  Deno.test(`tryParseAddress() takes ${JSON.stringify(text)} for ${strict ?? "nothing"}`, () => {
    assert.equal(tryParseAddress(text), strict);
  });
  Deno.test(`NP-28 tryParseLegacyAddress() takes ${JSON.stringify(text)} for ${legacy}`, () => {
    assert.equal(tryParseLegacyAddress(text), legacy);
  });
}

const value = fc.oneof(
  fc.tuple(fc.constant("IPv4" as const), fc.bigInt({ min: 0n, max: (1n << 32n) - 1n })),
  fc.tuple(fc.constant("IPv6" as const), fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })),
  fc.tuple(
    fc.constant("IPv6" as const),
    fc.array(fc.constantFrom<bigint[]>(0n, 1n, 0xffffn, 0xabcn), { minLength: 8, maxLength: 8 })
      .map(
        (groups) => groups.reduce((sum, group) => sum << 16n | group, 0n),
      ),
  ),
).filter(([, value]) => value >> 32n !== 0xffffn);

Deno.test("tryParseAddress() takes every canonical text as it is", () => {
  fc.assert(
    fc.property(value, ([family, value]) => {
      const text = formatAddressValue(family, value);
      assert.equal(tryParseAddress(text), text);
      assert.equal(addressValue(text), value);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("tryParseAddress() takes nothing but what it prints itself, or another text of it", () => {
  const text = fc.string({ unit: fc.constantFrom(..."0123456789abf.:%/ "), maxLength: 20 });
  fc.assert(
    fc.property(text, (text) => {
      const address = tryParseAddress(text);
      if (address !== undefined) assert.equal(tryParseAddress(address), address, text);
    }),
    { numRuns: 5000 },
  );
});

/** text, the block as nft prints it */
const blocks: readonly (readonly [string, string | undefined])[] = [
  ["10.0.0.0/8", "10.0.0.0/8"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["10.1.2.3/32", "10.1.2.3"],
  ["10.0.0.5/8", "10.0.0.0/8"], // host bits
  ["fd00::1:2:3/64", "fd00::/64"],
  ["010.000.000.000/08", "10.0.0.0/8"], // leading zeros are decimal
  ["::/0", "::/0"],
  ["fd00::1/128", "fd00::1"],
  ["::ffff:10.0.0.0/104", "10.0.0.0/8"], // IPv4-mapped
  ["::ffff:10.0.0.5/128", "10.0.0.5"],
  ["::ffff:0:0/96", "0.0.0.0/0"],
  ["::ffff:10.0.0.0/95", "::fffe:0:0/95"], // too wide to be IPv4
  ["::ffff:10.0.0.0/0", "::/0"],
  ["10.0.0.0/33", undefined],
  ["fd00::/129", undefined],
  ["::ffff:10.0.0.0/129", undefined],
  ["10.0.0.0", undefined],
  ["10.0.0.0/", undefined],
  ["/8", undefined],
  ["10.0.0.0/8/8", undefined],
  ["10.0.0.0/-8", undefined],
  ["10.0.0.0/+8", undefined],
  ["10.0.0.0/8.0", undefined],
  ["10.0.0.0/255.0.0.0", undefined],
  ["10.0.0.0 /8", undefined],
  ["10.0.0.0/8\n", undefined],
  ["10/8", undefined],
  ["fe80::1%eth0/64", undefined],
  ["all", undefined],
  ["", undefined],
];

for (const [text, block] of blocks) {
  Deno.test(`NP-28 tryParseCidr() takes ${JSON.stringify(text)} for ${block ?? "nothing"}`, () => {
    const range = tryParseCidr(text);
    assert.equal(range && formatRange(range), block);
  });
}

Deno.test("NP-28 tryParseCidr() masks whatever address stands before the prefix", () => {
  fc.assert(fc.property(value, fc.nat({ max: 128 }), ([family, value], length) => {
    const bits = bitsOf(family);
    const prefix = length % (bits + 1);
    const range = tryParseCidr(`${formatAddressValue(family, value)}/${prefix}`);
    assert.ok(range !== undefined);
    assert.equal(range.last - range.first + 1n, 1n << BigInt(bits - prefix));
    assert.equal(range.first & (range.last - range.first), 0n);
    assert.ok(range.first <= value && value <= range.last);
  }));
});
