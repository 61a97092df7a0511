import { deepEqual } from "node:assert/strict";
import * as fc from "fast-check";
import type { PortMatch } from "../../../lib/model/group.ts";
import { protocols } from "../../../lib/model/port.ts";
import { portClasses } from "../../../lib/translate/port_classes.ts";
import { fuzzSeed, say } from "../../fuzz/report.ts";

const range = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 4 }))
  .map(([first, more]) => ({ first, last: first + more }));

const ports: fc.Arbitrary<PortMatch> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: "all" } as const) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("protocol" as const),
      protocol: fc.constantFrom(...protocols),
      ranges: fc.option(fc.array(range, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    }),
  },
);

function holds(match: PortMatch, protocol: string, port: number): boolean {
  if (match.kind === "all") return true;
  if (match.protocol !== protocol) return false;
  return match.ranges?.some(({ first, last }) => first <= port && port <= last) ?? true;
}

Deno.test("whoever looks for a port finds first the class of all that is about it, in order", () => {
  const seed = fuzzSeed();
  say(`port classes: HEDGEROW_FUZZ_SEED=${seed}`);
  const things = fc.array(ports, { maxLength: 6 })
    .map((list) => list.map((ports, number) => ({ ports, number })));
  fc.assert(
    fc.property(things, (things) => {
      const classes = portClasses(things, ({ ports }) => ports);
      for (const protocol of [...protocols, "ICMP"]) {
        for (let port = 1; port <= 18; port++) {
          const found = classes.find(({ ports }) => holds(ports, protocol, port))?.about ?? [];
          const about = things.filter(({ ports }) => holds(ports, protocol, port));
          deepEqual(found.map(({ number }) => number), about.map(({ number }) => number));
        }
      }
    }),
    { seed, numRuns: 500 },
  );
});
