import { deepEqual, equal, match } from "node:assert/strict";
import fc from "fast-check";
import type { DriftKind } from "../../../lib/apply/drift.ts";
import type { Table } from "../../../lib/apply/table.ts";
import type { TurnsOptions } from "../../../lib/apply/turns.ts";
import type { ListedSet } from "../../../lib/model/listing.ts";
import { listings, step } from "./listings.ts";
import { withTable } from "./with_table.ts";

const base = step(3);

/** What somebody does to the table; what is found, and that it is mended without a replacement. */
const vandalism: readonly {
  readonly name: string;
  readonly script: string;
  readonly kinds: readonly string[];
  readonly text: RegExp;
}[] = [
  {
    name: "the table deleted",
    script: "delete table inet hedgerow",
    kinds: ["table missing"],
    text: /table inet hedgerow is gone/,
  },
  {
    name: "the table put to sleep",
    script: "add table inet hedgerow { flags dormant; }",
    kinds: ["table dormant"],
    text: /dormant/,
  },
  {
    name: "a chain flushed",
    script: "flush chain inet hedgerow egress-a",
    kinds: ["chain changed"],
    text: /chain egress-a has other rules: 0 instead of 2/,
  },
  {
    name: "everything flushed",
    script: "flush table inet hedgerow",
    kinds: ["chain changed", "chain changed", "chain changed", "chain changed", "chain changed"],
    text: /chain deny-egress has other rules/,
  },
  {
    name: "a rule inserted",
    script: "insert rule inet hedgerow egress-a accept",
    kinds: ["chain changed"],
    text: /chain egress-a has other rules: 3 instead of 2/,
  },
  {
    name: "a chain deleted with all that refers to it",
    script: "flush map inet hedgerow egress4; flush chain inet hedgerow egress-a; " +
      "delete chain inet hedgerow egress-a",
    kinds: ["chain missing", "elements missing"],
    text: /chain egress-a is missing/,
  },
  {
    name: "a base chain deleted",
    script: "delete chain inet hedgerow forward",
    kinds: ["chain missing"],
    text: /chain forward is missing/,
  },
  {
    name: "an element deleted",
    script: "delete element inet hedgerow pods4-a { 10.1.0.5 }",
    kinds: ["elements missing"],
    text: /set pods4-a lacks 1 element: 10\.1\.0\.5/,
  },
  {
    name: "elements added",
    script: "add element inet hedgerow pods4-a { 6.6.6.6, 6.6.6.7 }",
    kinds: ["elements foreign"],
    text: /set pods4-a has foreign 2 elements: 6\.6\.6\.6, 6\.6\.6\.7/,
  },
  {
    name: "a pod's verdict changed",
    script: "delete element inet hedgerow egress4 { 10.0.0.100 }; " +
      "add element inet hedgerow egress4 { 10.0.0.100 : accept }",
    kinds: ["elements changed"],
    text: /map egress4 has changed 1 element: 10\.0\.0\.100/,
  },
  {
    name: "foreign chains that jump to each other",
    script: "add chain inet hedgerow evil; add chain inet hedgerow evil2; " +
      "add rule inet hedgerow evil jump evil2; " +
      "add chain inet hedgerow evil3 { type filter hook forward priority -400; policy accept; }; " +
      "add rule inet hedgerow evil3 jump evil; add rule inet hedgerow evil3 accept",
    kinds: ["chain foreign", "chain foreign", "chain foreign"],
    text: /chain evil is foreign/,
  },
  {
    name: "a foreign set, used by a rule in our chain",
    script: "add set inet hedgerow evil { type ipv4_addr; flags interval; }; " +
      "add element inet hedgerow evil { 10.0.0.0/8 }; " +
      "insert rule inet hedgerow forward ip saddr @evil accept",
    kinds: ["chain changed", "set foreign"],
    text: /set evil is foreign/,
  },
  {
    name: "a foreign map that jumps to one of our chains",
    script: "add map inet hedgerow evil { type ipv4_addr : verdict; }; " +
      "add element inet hedgerow evil { 10.0.0.7 : jump egress-a }; " +
      "insert rule inet hedgerow forward ip saddr vmap @evil",
    kinds: ["chain changed", "set foreign"],
    text: /map evil is foreign/,
  },
  {
    name: "a rule that holds a chain without a name",
    script: "insert rule inet hedgerow forward ip saddr 6.6.6.6 jump { counter accept; }",
    kinds: ["chain changed"],
    text: /chain forward has other rules/,
  },
  {
    name: "foreign objects, used by a rule in our chain",
    script: 'add counter inet hedgerow evil { comment "a {"; }; ' +
      "add quota inet hedgerow evil { over 25 mbytes; }; " +
      "insert rule inet hedgerow forward counter name evil quota name evil drop",
    kinds: ["chain changed", "object foreign", "object foreign"],
    text: /counter evil is foreign/,
  },
  {
    name: "a base chain of another priority in the place of ours",
    script: "flush chain inet hedgerow forward; delete chain inet hedgerow forward; " +
      "add chain inet hedgerow forward { type filter hook forward priority 7; policy accept; }",
    kinds: ["chain changed"],
    text: /chain forward is declared otherwise: found type .* priority filter \+ 7;/,
  },
  {
    name: "the policy of a base chain changed",
    script: "add chain inet hedgerow forward { policy drop; }",
    kinds: ["chain changed"],
    text: /chain forward is declared otherwise: found .* policy drop;/,
  },
  {
    name: "our map as a map of another type",
    script: "flush chain inet hedgerow forward; flush chain inet hedgerow input; " +
      "delete map inet hedgerow egress4; add map inet hedgerow egress4 { type ipv6_addr : verdict; }",
    kinds: ["chain changed", "chain changed", "set changed"],
    text: /map egress4 is declared otherwise: found type ipv6_addr : verdict/,
  },
  {
    name: "our set as a map",
    script: "flush chain inet hedgerow egress-a; flush chain inet hedgerow egress-n3; " +
      "delete set inet hedgerow pods4-a; add map inet hedgerow pods4-a { type ipv4_addr : mark; }",
    kinds: ["chain changed", "chain changed", "set changed"],
    text: /set pods4-a is declared otherwise/,
  },
];

for (const { name, script, kinds, text } of vandalism) {
  Deno.test(`healed and told: ${name}`, async () => {
    await withTable(async (table, namespace) => {
      await table.apply(base);
      const before = await namespace.objects();
      await namespace.load(script);
      const { drift } = await table.heal();
      deepEqual(drift.map(({ kind }) => kind).sort(), kinds);
      match(drift.map((entry) => entry.text).join("\n"), text);
      deepEqual(await namespace.objects(), before);
      equal(Object.values(table.status.repairs).reduce((a, b) => a + b, 0), kinds.length);
      equal(table.status.replaced, 0);
      deepEqual((await table.heal()).drift, []);
      equal((await table.apply(base)).transactions, 0);
    });
  });
}

Deno.test("healing makes no pod new that has not just come: its connections would be cut", async () => {
  const elements = new Map([["10.0.0.9", '10.0.0.9 comment "c1"'], ["10.0.0.8", "10.0.0.8"]]);
  const declaration = ["typeof ip saddr", "size 65535", "flags dynamic,timeout", "timeout 3m"];
  const newcomers: ListedSet = { kind: "set", declaration, elements };
  const listing = { ...base, sets: new Map([...base.sets, ["newcomers4-1", newcomers]]) };
  await withTable(async (table, namespace) => {
    await table.apply(listing);
    // As time would have it: what is there, however long it stays, stays so.
    const longer = "add element inet hedgerow newcomers4-1 { 10.0.0.9 timeout 1h }";
    await namespace.load(`delete element inet hedgerow newcomers4-1 { 10.0.0.9 }; ${longer}`);
    await namespace.load("add element inet hedgerow newcomers4-1 { 10.0.0.7 }");
    await namespace.load("flush chain inet hedgerow egress-a");
    equal((await table.heal()).drift.length, 1);
    match(await namespace.list(), /10\.0\.0\.9 timeout 1h/);
    const sets = new Map([...listing.sets, ["newcomers4-1", {
      ...newcomers,
      elements: new Map(),
    }]]);
    await table.apply({ ...listing, sets });
    const found = await namespace.list();
    deepEqual([...found.matchAll(/10\.0\.0\.[789]/g)].map(([address]) => address), ["10.0.0.7"]);
  });
});

Deno.test("a table that was deleted comes back without those who were new, as what they began is forgotten", async () => {
  const declaration = ["typeof ip saddr", "size 65535", "flags dynamic,timeout", "timeout 3m"];
  const listing = (...addresses: readonly string[]): typeof base => {
    const elements = new Map(addresses.map((address) => [address, address]));
    const newcomers: ListedSet = { kind: "set", declaration, elements };
    return { ...base, sets: new Map([...base.sets, ["newcomers4-1", newcomers]]) };
  };
  await withTable(async (table, namespace) => {
    const found = async (): Promise<readonly string[]> =>
      [...(await namespace.list()).matchAll(/10\.0\.9\.\d/g)].map(([address]) => address);
    await table.apply(listing("10.0.9.1"));
    deepEqual(await found(), ["10.0.9.1"], "the first table has them");
    await namespace.load("delete table inet hedgerow");
    await table.heal();
    deepEqual(await found(), []);
    await namespace.load("delete table inet hedgerow");
    await table.apply(listing("10.0.9.1", "10.0.9.2"));
    deepEqual(await found(), ["10.0.9.2"], "who has come since is new");
  });
});

/** So that even small tables are read by turns, all parts one after the other. */
const turns: TurnsOptions = { mostAtOnce: 0, mostInARow: 50, roundMs: Number.MIN_VALUE };

async function lookAtAll(table: Table): Promise<readonly DriftKind[]> {
  const kinds: DriftKind[] = [];
  for (let isMoreDue = true; isMoreDue;) {
    const looked = await table.look();
    kinds.push(...looked.drift.map(({ kind }) => kind));
    ({ isMoreDue } = looked);
  }
  return kinds.sort();
}

Deno.test("read by turns, all of that is found in one round, and healed", async () => {
  await withTable(async (table, namespace) => {
    await table.apply(base);
    const before = await namespace.objects();
    for (const { name, script, kinds } of vandalism) {
      await namespace.load(script);
      deepEqual(await lookAtAll(table), kinds, name);
      deepEqual(await namespace.objects(), before, name);
    }
    equal(table.status.replaced, 0);
  }, { turns });
});

Deno.test("read by turns, a table as it should be is left alone, whatever is in it", async () => {
  await withTable(async (table) => {
    for (const listing of fc.sample(listings, 12)) {
      await table.apply(listing);
      const { readBacks } = table.status;
      deepEqual(await lookAtAll(table), []);
      equal(table.status.readBacks, readBacks, "no part read otherwise");
    }
  }, { turns });
});

Deno.test("before the first apply there is nothing to heal by, and nothing is touched", async () => {
  await withTable(async (table, namespace) => {
    await namespace.load("add table inet hedgerow");
    deepEqual((await table.heal()).drift, []);
    equal(await namespace.list(), "table inet hedgerow {\n}\n");
  });
});
