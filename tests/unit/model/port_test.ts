import assert from "node:assert/strict";
import fc from "fast-check";
import { formatPorts, mergePorts, type PortRange } from "../../../lib/model/port.ts";

const port = fc.integer({ min: 1, max: 40 });
const range: fc.Arbitrary<PortRange> = fc.tuple(port, port).map((ends) => ({
  first: Math.min(...ends),
  last: Math.max(...ends),
}));

function members(ranges: readonly PortRange[]): readonly number[] {
  const all = new Set<number>();
  for (const { first, last } of ranges) for (let p = first; p <= last; p++) all.add(p);
  return [...all].sort((a, b) => a - b);
}

Deno.test("mergePorts() holds the same ports in sorted ranges that do not touch", () => {
  fc.assert(fc.property(fc.array(range), (ranges) => {
    const merged = mergePorts(ranges);
    assert.deepEqual(members(merged), members(ranges));
    merged.slice(1).forEach(({ first }, i) => assert.ok(first > merged[i]!.last + 1));
    assert.deepEqual(mergePorts(ranges.toReversed()), merged);
  }));
});

Deno.test("formatPorts() prints a port, or a range as nft does", () => {
  assert.equal(formatPorts({ first: 80, last: 80 }), "80");
  assert.equal(formatPorts({ first: 8000, last: 8080 }), "8000-8080");
});
