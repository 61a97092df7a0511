import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { Names } from "../../../lib/cluster/names.ts";
import type { ClusterState } from "../../../lib/model/cluster.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { DomainName } from "../../../lib/model/cluster_network_policy.ts";
import { formatDomainName } from "../../../lib/model/known_name.ts";
import { isSame } from "../../../lib/model/same.ts";
import { NameSets } from "../../../lib/translate/incremental/name_sets.ts";
import { type KnownNames, nameSet } from "../../../lib/translate/name_set.ts";

const wildcard: DomainName = { name: "example.com", wildcard: true };
const exact: DomainName = { name: "a.example.com", wildcard: false };
/** The names of each set. */
const sets = [[wildcard], [exact], [exact, { name: "example.org", wildcard: false }]];

/** Enough for several pieces, and shared by names. */
const addresses = Array.from(
  { length: 400 },
  (_, n) => (n % 3 === 0 ? `2001:db8::${n + 1}` : `192.0.${n >> 8}.${n & 255}`) as IpAddress,
);

const answer = fc.record({
  name: fc.constantFrom("a.example.com", "b.example.com", "c.d.example.com", "example.org"),
  addresses: fc.oneof(
    fc.subarray(addresses, { maxLength: 3 }),
    fc.subarray(addresses, { minLength: 100 }),
  ),
  seconds: fc.integer({ min: 5, max: 20 }),
});

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("answer" as const), answer }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.nat(9_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("want" as const) }) },
);

Deno.test("CNP-14 sets that are kept as DNS tells of names have what sets have that are made anew", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const touched = new Set<string>();
      const names = new Names((name) => touched.add(name));
      names.restoreUsed([{ names: [wildcard], addresses: addresses.slice(300, 340) }]);
      const state = { names: names.byName, usedAddresses: names.used } as ClusterState;
      const kept = new NameSets();
      for (const some of sets) kept.acquire(keyOf(some), some, state);
      let now = 0;
      for (const one of steps) {
        if (one.kind === "answer") names.learn(one.answer, now);
        else if (one.kind === "time") names.expire(now += one.ms);
        else names.want([wildcard]);
        const before = kept.list;
        for (const name of touched) kept.touch(name, state);
        touched.clear();
        kept.settle();
        const anew = sets.map((some) => nameSet(keyOf(some), some, state));
        deepEqual(kept.list, anew.toSorted((a, b) => a.key < b.key ? -1 : 1));
        for (const [i, set] of before.entries()) {
          equal(set === kept.list[i], isSame(set, kept.list[i]), "the same is the same object");
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("CNP-14 an address of several names is in a set for the one that it stands for longest", () => {
  const names = new Names();
  const address = addresses[1]!;
  for (const [name, seconds] of [["b", 9], ["c", 8], ["a", 9]] as const) {
    names.learn({ name: `${name}.example.com`, addresses: [address], seconds }, 0);
  }
  const { current } = nameSet("key", [wildcard], stateOf(names));
  deepEqual(current.IPv4, [[`${address} 9000 9 a.example.com`]]);
  names.expire(9_000);
  const { current: none, former } = nameSet("key", [wildcard], stateOf(names));
  deepEqual([none.IPv4, former.IPv4], [[], [[`000000000009000 ${address}`]]]);
});

Deno.test("CNP-14 what was used for names is in sets that mean all of them, and in no other", () => {
  const names = new Names();
  const [address, other] = ["192.0.2.1", "192.0.2.2"] as IpAddress[] as [IpAddress, IpAddress];
  names.learn({ name: "a.example.com", addresses: [other], seconds: 9 }, 0);
  names.expire(9_000);
  const org: DomainName = { name: "example.org", wildcard: true };
  names.restoreUsed([{ names: [exact, org], addresses: [address, other] }]);
  const formerOf = (...some: readonly DomainName[]): unknown =>
    nameSet("key", some, stateOf(names)).former.IPv4;
  const before = `000000000000000 ${address}`;
  const ended = `000000000009000 ${other}`;
  deepEqual(formerOf(exact, org), [[before, ended]]);
  deepEqual(formerOf(wildcard, org), [[before, ended]], "also where a wildcard means it");
  deepEqual(formerOf(exact, { ...org, wildcard: false }), [[ended]]);
  deepEqual(formerOf(wildcard), [[ended]], "it may have been used for the other name");
  names.want([wildcard]);
  deepEqual(names.used, [], "once one of the names is of no interest");
});

function stateOf({ byName, used }: Names): KnownNames {
  return { names: byName, usedAddresses: used };
}

function keyOf(names: readonly DomainName[]): string {
  return names.map(formatDomainName).join(", ");
}
