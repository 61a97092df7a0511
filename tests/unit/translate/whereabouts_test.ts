import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { IpAddress } from "../../../lib/model/address.ts";
import { formatAddressValue } from "../../../lib/model/address_value.ts";
import type { EndpointStep } from "../../../lib/translate/endpoint_steps.ts";
import { isWithin, reachOf } from "../../../lib/translate/incremental/reach.ts";
import { Whereabouts } from "../../../lib/translate/incremental/whereabouts.ts";

const family = fc.constantFrom("IPv4" as const, "IPv4" as const, "IPv6" as const);
const value = fc.tuple(fc.constantFrom(0x0a000000n, 0x0a010000n, 0xc0000200n), fc.bigInt(0n, 600n))
  .map(([base, offset]) => base + offset);
const address = fc.tuple(family, value)
  .map(([family, value]): IpAddress => formatAddressValue(family, value));
const block = fc.record({ family, first: value, length: fc.bigInt(0n, 0x20000n) })
  .map(({ family, first, length }) => ({ family, first, last: first + length }));

Deno.test("no address is missed that lies within reach, and most that lie far away are not asked", () => {
  let spared = 0;
  const some = fc.uniqueArray(address, { maxLength: 4 });
  const blocks = fc.array(block, { maxLength: 2 });
  fc.assert(
    fc.property(some, some, blocks, (there, gone, blocks) => {
      const ports = { kind: "name", protocol: "TCP", name: "web" } as const;
      const peers = { selections: [], blocks, names: [] };
      const said = { action: "Accept", ports, peers, policies: [] } as const;
      const reach = reachOf([{ said, isMember: true }] satisfies readonly EndpointStep[]);
      const whereabouts = new Whereabouts();
      for (const address of [...there, ...gone]) whereabouts.add(address, 1);
      for (const address of gone) whereabouts.add(address, -1);
      const isAny = there.some((address) => isWithin(reach, address));
      const mayBe = whereabouts.mayBeWithin(reach);
      if (isAny) equal(mayBe, true);
      else if (!mayBe && there.length > 0 && blocks.length > 0) spared++;
    }),
    { numRuns: 2000 },
  );
  ok(spared > 100, `only ${spared} times nobody was asked: too few to be of use`);
});

Deno.test("everybody is within reach of what is said of everybody", () => {
  const whereabouts = new Whereabouts();
  const reach = { isEverywhere: true, blocks: [], prefix: undefined };
  equal(whereabouts.mayBeWithin(reach), true);
});
