import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import fc from "fast-check";
import { NftError } from "../../../lib/apply/nft_error.ts";
import { Table } from "../../../lib/apply/table.ts";
import type { Listing } from "../../../lib/model/listing.ts";
import { listingOf, listings, step } from "./listings.ts";
import { fresh, withTable } from "./with_table.ts";

const base = step(3);

/** Two tables: the second needs a chain and a set of the first no more. */
const [one, other] = ["a", "b"].map((group) =>
  listingOf({
    groups: new Map([[group, [`pods4-${group}`]]]),
    pods: new Map([["10.0.0.1", group]]),
    sets: new Map([[`pods4-${group}`, ["10.9.9.9"]]]),
  })
) as [Listing, Listing];

Deno.test("a random history ends in what a fresh full load of its last table gives", async () => {
  const steps = fc.record({ listing: listings, way: fc.constantFrom("apply", "enforce") });
  const histories = fc.array(steps, { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      await withTable(async (table, namespace) => {
        for (const { listing, way } of history) await table[way](listing);
        await table.finish();
        const last = history.at(-1)?.listing;
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

Deno.test("what is enforced need not wait for what is only to be deleted", async () => {
  await withTable(async (table, namespace) => {
    await table.apply(one);
    await table.enforce(other);
    match(await namespace.list(), /10\.0\.0\.1 comment "[^"]*" : jump egress-b/);
    match(await namespace.list(), /chain egress-a .*set pods4-a|set pods4-a .*chain egress-a/s);
    await table.finish();
    deepEqual(await namespace.objects(), await fresh(other));
    deepEqual((await table.heal()).drift, []);
  });
});

Deno.test("what was read long before the first table is not what that is built on", async () => {
  await withTable(async (last, namespace) => {
    await last.apply(one);
    const table = new Table(namespace.nft);
    await table.read();
    await namespace.load("flush map inet hedgerow egress4");
    await table.apply(one);
    await table.close();
    deepEqual(await namespace.objects(), await fresh(one));
  });
});

const foreignRule = "add rule inet hedgerow input ip saddr @pods4-a accept";
const mishaps = [
  ["the table is deleted", "delete table inet hedgerow"],
  ["somebody else's rule holds it", foreignRule],
] as const;

for (const [what, script] of mishaps) {
  Deno.test(`where ${what} before what is left is deleted, the table is mended at once`, async () => {
    await withTable(async (table, namespace) => {
      await table.apply(one);
      await table.enforce(other);
      await namespace.load(script);
      await table.finish();
      deepEqual(await namespace.objects(), await fresh(other));
      deepEqual((await table.heal()).drift, []);
    });
  });
}

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

Deno.test("a change of tens of thousands of elements is spawned", async () => {
  await withTable(async (table, namespace) => {
    const peers = Array.from({ length: 12_000 }, (_, i) => `10.${i >> 8}.9.${i & 255}`);
    const sets = new Map([["pods4-a", peers]]);
    const large = listingOf({ groups: new Map([["a", ["pods4-a"]]]), pods: new Map(), sets });
    await table.apply(base);
    await table.apply(large);
    equal(table.status.transactions.bySpawn, 1);
    deepEqual((await table.heal()).drift, []);
    match(await namespace.list(), /10\.46\.9\.223/);
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
