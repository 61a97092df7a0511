import assert from "node:assert/strict";
import { families, type IpAddress } from "../../lib/model/address.ts";
import type { Cell, Target } from "../lab/matrix.ts";
import type { Host } from "../lab/topology.ts";
import { countChanges, drawMatrix } from "./picture.ts";

const targets: readonly Target[] = [
  { host: "shop/web", protocol: "TCP", port: 8080 },
  { host: "kube-system/dns", protocol: "UDP", port: 53 },
];
const [web, dns] = targets;
assert.ok(web !== undefined && dns !== undefined);

const before = [...cells("a/1", web, "46"), ...cells("a/1", dns, "")];
const after = [...cells("a/1", web, "4"), ...cells("a/1", dns, "6")];
const options = {
  rows: ["a/1"],
  targets,
  before: undefined,
  paint: (_: string, text: string) => text,
};

Deno.test("a matrix shows a digit for each family that got through, a dot for the other", () => {
  assert.deepEqual(drawMatrix(after, options), [
    "                    shop    kube-system",
    "                    web     dns",
    "                    :8080   :53/udp",
    "  a/1               4  ·    ·  6",
  ]);
});

Deno.test("what was otherwise before has a sign, and is counted", () => {
  assert.equal(
    drawMatrix(after, { ...options, before }).at(-1),
    "  a/1               4 -·    · +6",
  );
  assert.deepEqual(countChanges(after, before), { opened: 1, shut: 1 });
});

Deno.test("what is not as the oracle says has an exclamation mark, and a refusal is no denial", () => {
  const [first, ...others] = after;
  assert.ok(first !== undefined);
  for (
    const [wrong, drawn] of [[{ allowed: false }, "!4"], [{ outcome: "refused" }, "!·"]] as const
  ) {
    const line = drawMatrix([{ ...first, ...wrong }, ...others], options).at(-1);
    assert.equal(line, `  a/1              ${drawn}  ·    ·  6`);
  }
});

/** A row's cells of one target: open, and rightly so, by the families named. */
function cells(name: string, target: Target, open: string): readonly Cell[] {
  const from: Host = { kind: "pod", name, netns: name, addresses: [], node: "n1" };
  return families.map((family) => {
    const allowed = open.includes(family.slice(-1));
    const outcome = allowed ? "open" : "timeout";
    return { from, target, to: "192.0.2.1" as IpAddress, family, allowed, outcome };
  });
}
