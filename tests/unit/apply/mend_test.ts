import { deepEqual, equal, ok } from "node:assert/strict";
import { mend, replace } from "../../../lib/apply/mend.ts";
import type { TableReading } from "../../../lib/apply/table_reading.ts";
import {
  type ListedChain,
  type ListedSet,
  type Listing,
  type Transaction,
  transactionsOf,
} from "../../../lib/model/listing.ts";
import { difference } from "../../../lib/render/difference.ts";

const chain = (rules: readonly string[], declaration: readonly string[] = []): ListedChain => ({
  declaration,
  rules,
});
const hook = "type filter hook forward priority filter - 5; policy accept;";
const map: ListedSet = {
  kind: "map",
  declaration: ["typeof ip saddr : verdict"],
  elements: new Map([["10.0.0.1", '10.0.0.1 comment "jump egress-a" : jump egress-a']]),
};
const wanted: Listing = {
  sets: new Map([["egress4", map]]),
  chains: new Map([
    ["egress-a", chain(["goto deny"])],
    ["deny", chain(["counter drop"])],
    ["forward", chain(["ct original ip saddr vmap @egress4"], [hook])],
  ]),
};

function read(listing: Listing, more: Partial<TableReading> = {}): TableReading {
  return { listing, declaration: [], others: [], ...more };
}

function mended(from: TableReading | undefined, to: Listing): readonly Transaction[] {
  return transactionsOf(mend(from, to));
}

Deno.test("what is there already takes no transaction", () => {
  deepEqual(mended(read(wanted), wanted), []);
});

Deno.test("without a table everything is one transaction", () => {
  deepEqual(mended(undefined, wanted), difference(undefined, wanted));
});

Deno.test("where declarations agree it is the plain difference", () => {
  const chains = new Map([...wanted.chains, ["deny", chain(["drop"])] as const]);
  const other = { ...wanted, chains };
  deepEqual(mended(read(other), wanted), difference(other, wanted));
});

Deno.test("a table that sleeps is woken first, and foreign objects go last", () => {
  const others = [{ kind: "ct helper", name: "x" }];
  deepEqual(mended(read(wanted, { declaration: ["flags dormant"], others }), wanted), [
    ["add table inet hedgerow"],
    ["delete ct helper inet hedgerow x"],
  ]);
});

Deno.test("a map declared otherwise: its stand-in is full before a rule turns to it", () => {
  const wrong: ListedSet = { ...map, declaration: ["type ipv6_addr : verdict"] };
  const found = { ...wanted, sets: new Map([["egress4", { ...wrong, elements: new Map() }]]) };
  const transactions = mended(read(found), wanted);
  const steps = transactions.map((statements) => statements.join("\n"));
  const at = (text: string): number => {
    const index = steps.findIndex((step) => step.includes(text));
    ok(index >= 0, `${text} is in none of\n${steps.join("\n--\n")}`);
    return index;
  };
  const filling = "{ typeof ip saddr : verdict; elements = { 10.0.0.1";
  const filled = at(`add map inet hedgerow stand-in-0 ${filling}`);
  const turned = at("add chain inet hedgerow forward { ct original ip saddr vmap @stand-in-0; }");
  const dropped = at("delete map inet hedgerow egress4");
  const filledAgain = at(`add map inet hedgerow egress4 ${filling}`);
  const turnedBack = at("add chain inet hedgerow forward { ct original ip saddr vmap @egress4; }");
  const cleaned = at("delete map inet hedgerow stand-in-0");
  const order = [filled, turned, dropped, filledAgain, turnedBack, cleaned];
  deepEqual(order, [...new Set(order)].sort((a, b) => a - b));
  ok(!steps.some((step) => step.includes("delete table")));
});

Deno.test("a chain declared otherwise: its stand-in is in the maps before it is deleted", () => {
  const chains = new Map([...wanted.chains, ["egress-a", chain([], ['comment "x"'])] as const]);
  const transactions = mended(read({ ...wanted, chains }), wanted);
  const steps = transactions.map((statements) => statements.join("\n"));
  const turned = steps.findIndex((step) =>
    step.includes('{ 10.0.0.1 comment "jump egress-a" : jump stand-in-0 }')
  );
  const deleted = steps.findIndex((step) => step.includes("delete chain inet hedgerow egress-a"));
  ok(0 <= turned && turned < deleted, steps.join("\n--\n"));
});

Deno.test("stand-ins take no name that is taken", () => {
  const taken: Listing = {
    sets: new Map([["stand-in-0", map], ["egress4", { ...map, declaration: [] }]]),
    chains: wanted.chains,
  };
  const text = mended(read(taken), wanted).flat().join("\n");
  ok(text.includes("add map inet hedgerow stand-in-1"));
  ok(!text.includes("add map inet hedgerow stand-in-0"));
});

Deno.test("replacing is one transaction, whether a table is there or not", () => {
  const statements = replace(wanted);
  deepEqual(statements.slice(0, 3), [
    "add table inet hedgerow",
    "delete table inet hedgerow",
    "add table inet hedgerow",
  ]);
  equal(statements.filter((statement) => statement.startsWith("delete")).length, 1);
});
