import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { type AddressRange, isInRanges } from "../../../lib/model/address_range.ts";
import { firstHolders } from "../../../lib/translate/first_holders.ts";

const family = fc.constantFrom("IPv4" as const, "IPv6" as const);
const range: fc.Arbitrary<AddressRange> = fc.record({
  family,
  first: fc.bigInt(0n, 12n),
  length: fc.bigInt(0n, 6n),
}).map(({ family, first, length }) => ({ family, first, last: first + length }));

Deno.test("every address is held once, by the first list that has it, and in its own family", () => {
  fc.assert(fc.property(fc.array(fc.array(range, { maxLength: 4 }), { maxLength: 5 }), (lists) => {
    const held = firstHolders(lists);
    for (const family of ["IPv4", "IPv6"] as const) {
      for (let value = 0n; value < 20n; value++) {
        const point = { family, value };
        const first = lists.findIndex((ranges) => isInRanges(point, ranges));
        const holders = held.filter(({ range }) => isInRanges(point, [range]));
        deepEqual(holders.map(({ holder }) => holder), first === -1 ? [] : [first]);
      }
    }
  }));
});
