import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import fc from "fast-check";
import { NftError } from "../../../lib/apply/nft_error.ts";
import { Table } from "../../../lib/apply/table.ts";
import type { Listing } from "../../../lib/model/listing.ts";
import { listingOf, listings, step } from "./listings.ts";
import { Namespace } from "./namespace.ts";

/** Runs a test with a table in a network namespace of its own. */
async function withTable(
  run: (table: Table, namespace: Namespace) => Promise<void>,
): Promise<void> {
  await using namespace = await Namespace.make();
  const table = new Table(namespace.nft, { retryDelayMs: 1 });
  try {
    await run(table, namespace);
  } finally {
    await table.close();
  }
}

/** What a fresh full load of a listing looks like. */
async function fresh(listing: Listing): Promise<readonly string[]> {
  await using namespace = await Namespace.make();
  const table = new Table(namespace.nft);
  await table.apply(listing);
  await table.close();
  return await namespace.objects();
}

const base = step(3);

Deno.test("a random history ends in what a fresh full load of its last table gives", async () => {
  const histories = fc.array(listings, { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      await withTable(async (table, namespace) => {
        for (const listing of history) await table.apply(listing);
        const last = history.at(-1);
        ok(last !== undefined);
        deepEqual(await namespace.objects(), await fresh(last));
        equal(table.status.replaced, 0);
        equal(table.status.retries, 0);
        deepEqual((await table.heal()).drift, []);
      });
    }),
    { numRuns: 40 },
  );
});

Deno.test("small changes go by the session, and what is there already costs nothing", async () => {
  await withTable(async (table) => {
    const first = await table.apply(base);
    ok(first.readBack && first.transactions === 1);
    equal((await table.apply(base)).transactions, 0);
    for (let i = 4; i < 20; i++) await table.apply(step(i));
    const { transactions, readBacks, applied, generation } = table.status;
    equal(transactions.session.starts, 1);
    equal(transactions.bySpawn, 0);
    ok(transactions.bySession > 16);
    deepEqual({ readBacks, applied, generation }, { readBacks: 1, applied: 18, generation: 17 });
  });
});

Deno.test("a change of thousands of elements is spawned", async () => {
  await withTable(async (table, namespace) => {
    const peers = Array.from({ length: 4000 }, (_, i) => `10.${i >> 8}.9.${i & 255}`);
    const sets = new Map([["pods4-a", peers]]);
    const large = listingOf({ groups: new Map([["a", ["pods4-a"]]]), pods: new Map(), sets });
    await table.apply(base);
    await table.apply(large);
    equal(table.status.transactions.bySpawn, 1);
    deepEqual((await table.heal()).drift, []);
    match(await namespace.list(), /10\.15\.9\.159/);
  });
});

Deno.test("a newcomer takes over in place: what is there stays, only the difference is sent", async () => {
  await withTable(async (table, namespace) => {
    await table.apply(base);
    const second = new Table(namespace.nft);
    equal((await second.apply(base)).transactions, 0);
    await second.apply(step(4));
    await second.close();
    deepEqual(await namespace.objects(), await fresh(step(4)));
  });
});

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

Deno.test("before the first apply there is nothing to heal by, and nothing is touched", async () => {
  await withTable(async (table, namespace) => {
    await namespace.load("add table inet hedgerow");
    deepEqual((await table.heal()).drift, []);
    equal(await namespace.list(), "table inet hedgerow {\n}\n");
  });
});

Deno.test("a table deleted between two passes is back with the next pass", async () => {
  await withTable(async (table, namespace) => {
    await table.apply(base);
    await namespace.load("delete table inet hedgerow");
    await table.apply(step(4));
    deepEqual(await namespace.objects(), await fresh(step(4)));
    equal(table.status.retries, 1);
  });
});

/** The base table with one rule that the kernel refuses. */
function withRule(rule: string): Listing {
  const chains = new Map(base.chains);
  chains.set("egress-a", { declaration: ['comment "group a"'], rules: [rule] });
  return { sets: new Map([...base.sets, ["pods4-z", set]]), chains };
}

const set = { kind: "set", declaration: ["typeof ip saddr"], elements: new Map() } as const;

Deno.test("what nft refuses is an error with its kind, and what was good stays", async () => {
  await withTable(async (table, namespace) => {
    await table.apply(base);
    const before = await namespace.objects();
    const bad = withRule("ip saddr @gone accept");
    await rejects(table.apply(bad), (error) => {
      ok(error instanceof NftError);
      equal(error.kind, "refused");
      match(error.message, /^Cannot apply a transaction: .*No such file.* in line \d+: add rule/);
      return true;
    });
    deepEqual(await namespace.objects(), before);
    match(table.status.lastError ?? "", /No such file/);
    equal((await table.apply(base)).transactions, 0);
    equal(table.status.lastError, undefined);
  });
});

Deno.test("what is refused halfway leaves nothing of itself behind", async () => {
  await withTable(async (table, namespace) => {
    await table.apply(base);
    const before = await namespace.objects();
    const map = base.sets.get("egress4");
    ok(map !== undefined);
    // The first transaction adds a set, the second one asks for a chain that is not there.
    const elements = new Map([["10.0.0.9", "10.0.0.9 : jump nowhere"]]);
    const sets = new Map([...base.sets, ["pods4-z", set], ["egress4", { ...map, elements }]]);
    await rejects(table.apply({ sets, chains: base.chains } as Listing), { kind: "refused" });
    deepEqual(await namespace.objects(), before);
  });
});

Deno.test("check tells what a full load would meet, whatever is there, and changes nothing", async () => {
  await withTable(async (table, namespace) => {
    equal(await table.check(base), undefined);
    equal(await namespace.list(), "");
    await table.apply(step(8));
    const before = await namespace.objects();
    equal(await table.check(base), undefined);
    const renamed = listingOf({ groups: new Map(), pods: new Map(), sets: new Map(), words: "!" });
    equal(await table.check(renamed), undefined);
    match(`${(await table.check(withRule("ip saddr @gone accept")))?.message}`, /No such file/);
    match(`${(await table.check(withRule("no rule at all")))?.message}`, /syntax error/);
    match(
      `${(await table.check(withRule('accept comment "x"; flush ruleset')))?.message}`,
      /; outside/,
    );
    deepEqual(await namespace.objects(), before);
  });
});

Deno.test("remove takes the table away, is no error twice, and the next apply begins anew", async () => {
  await withTable(async (table, namespace) => {
    await table.remove();
    await table.apply(base);
    await table.remove();
    equal(await namespace.list(), "");
    equal((await table.apply(base)).readBack, false);
    deepEqual(await namespace.objects(), await fresh(base));
  });
});

Deno.test("calls that overlap are carried out one after the other, in their order", async () => {
  await withTable(async (table, namespace) => {
    const calls = Array.from(
      { length: 12 },
      (_, i) => i % 4 === 3 ? table.heal() : table.apply(step(i)),
    );
    await Promise.all(calls);
    deepEqual(await namespace.objects(), await fresh(step(10)));
  });
});
