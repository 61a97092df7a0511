import assert from "node:assert/strict";
import type { Keeping } from "../../lib/model/nft_set.ts";
import { parseRuleset } from "./parse.ts";
import { parseRule } from "./parse_rule.ts";
import { KernelTable } from "./kernel_table.ts";

Deno.test("rules are read by their words alone", () => {
  assert.deepEqual(parseRule('ct reply ip saddr @pods4-a return comment "shop/web"'), {
    matches: [{ kind: "address", keys: ["ct reply ip saddr"], set: "pods4-a" }],
    counter: false,
    verdict: { kind: "return" },
    comment: "shop/web",
  });
  assert.deepEqual(parseRule("meta l4proto tcp ct reply proto-src 80-90 goto x").matches, [
    { kind: "l4proto", protocols: ["tcp"] },
    { kind: "server port", ports: { ports: "80-90" } },
  ]);
  assert.deepEqual(parseRule("ip6 daddr . udp dport @e counter drop"), {
    matches: [{ kind: "destination endpoint", family: "ip6", protocol: "udp", set: "e" }],
    counter: true,
    verdict: { kind: "drop" },
    comment: undefined,
  });
  assert.throws(() => parseRule("tcp flags syn drop"), /"tcp flags syn drop" is not known/);
  assert.throws(() => parseRule("ip saddr @s reject"), /"reject" is not known/);
});

Deno.test("a set that never changes is declared with as many elements as it has", () => {
  const elements = new Map([["53", "53"], ["80", "80"]]);
  const parse = (size: number): Keeping | undefined => {
    const declaration = ["typeof th dport", `size ${size}`];
    const sets = new Map([["s", { kind: "set", declaration, elements } as const]]);
    return parseRuleset({ sets, chains: new Map() }).sets.get("s")?.keeping;
  };
  assert.equal(parse(2), "fixed");
  assert.throws(() => parse(3), /Cannot read s: declared as typeof th dport; size 3/);
});

function filled(elements: string): string {
  return `add map inet hedgerow m { typeof ip saddr : verdict; elements = { ${elements} }; }`;
}

Deno.test("a table that is told transactions refuses what the kernel would refuse", () => {
  const table = new KernelTable();
  assert.throws(() => table.apply(["add set inet hedgerow s { typeof ip saddr; }"]), /no table/);
  table.apply([
    "add table inet hedgerow",
    'add set inet hedgerow s { typeof ip saddr; comment "a; b"; }',
    "add chain inet hedgerow c",
    "add rule inet hedgerow c ip saddr @s drop",
    "add map inet hedgerow m { typeof ip saddr : verdict; }",
    filled('10.0.0.1 comment "x, y" : jump c, 10.0.0.2 : jump c'),
  ]);
  assert.deepEqual(table.listing.sets.get("s")?.declaration, ["typeof ip saddr", 'comment "a; b"']);
  assert.equal(table.listing.sets.get("m")?.elements.size, 2);
  assert.throws(() => table.apply(["delete set inet hedgerow s"]), /busy/);
  assert.throws(() => table.apply(["delete chain inet hedgerow c"]), /has rules/);
  table.apply(["flush chain inet hedgerow c", "delete set inet hedgerow s"]);
  assert.throws(() => table.apply(["delete chain inet hedgerow c"]), /busy/);
  assert.throws(() => table.apply(["delete element inet hedgerow m { 10.0.0.3 }"]), /not there/);
  assert.throws(() => table.apply([filled("10.0.0.1 : jump c")]), /is there/);
  assert.throws(
    () => table.apply(["add map inet hedgerow m { typeof ip6 saddr : verdict; }"]),
    /declared otherwise/,
  );
  table.apply(["add set inet hedgerow f { typeof th dport; size 1; }"]);
  assert.throws(
    () =>
      table.apply(["add set inet hedgerow f { typeof th dport; size 1; elements = { 1, 2 }; }"]),
    /no room for 2/,
  );
  assert.throws(() => table.apply(["replace rule inet hedgerow c drop"]), /not known/);
  table.apply([
    "delete element inet hedgerow m { 10.0.0.1, 10.0.0.2 }",
    "delete chain inet hedgerow c",
  ]);
  assert.equal(table.listing.chains.size, 0);
});
