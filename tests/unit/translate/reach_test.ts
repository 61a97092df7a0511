import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { IpAddress } from "../../../lib/model/address.ts";
import { isInRanges, mergeRanges } from "../../../lib/model/address_range.ts";
import { addressPoint, formatAddressValue } from "../../../lib/model/address_value.ts";
import type { EndpointStep } from "../../../lib/translate/endpoint_steps.ts";
import { isWithin, reachOf } from "../../../lib/translate/incremental/reach.ts";

/** So near to each other that blocks meet, and far away. */
const value = fc.tuple(fc.constantFrom(0x0a000000n, 0x0a010000n, 0xc0000200n), fc.bigInt(0n, 600n))
  .map(([base, offset]) => base + offset);
const family = fc.constantFrom("IPv4" as const, "IPv4" as const, "IPv6" as const);
const block = fc.record({ family, first: value, length: fc.bigInt(0n, 0x20000n) })
  .map(({ family, first, length }) => ({ family, first, last: first + length }));

Deno.test("an address is within reach of a set where it lies in a block of a step to it", () => {
  let within = 0;
  fc.assert(
    fc.property(fc.array(block, { maxLength: 3 }), family, value, (blocks, family, value) => {
      const peers = { selections: [], blocks: mergeRanges(blocks), names: [] };
      const ports = { kind: "name", protocol: "TCP", name: "web" } as const;
      const said = { action: "Accept", ports, peers, policies: [] } as const;
      const steps: readonly EndpointStep[] = [{ said, isMember: true }];
      const address: IpAddress = formatAddressValue(family, value);
      const isIn = isInRanges(addressPoint(address), peers.blocks);
      if (isIn) within++;
      equal(isWithin(reachOf(steps), address), isIn);
    }),
    { numRuns: 2000 },
  );
  ok(within > 100, `only ${within} addresses were within reach: too few to prove much`);
});
