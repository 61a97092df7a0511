import { deepEqual, equal } from "node:assert/strict";
import { Names } from "../../../lib/cluster/names.ts";
import type { IpAddress } from "../../../lib/model/address.ts";

const address = "192.0.2.1" as IpAddress;
const other = "192.0.2.2" as IpAddress;
const wildcard = { name: "example.com", wildcard: true };
const www = { name: "www.example.com", wildcard: false };

/** Tells of a name for a minute, or as long as it says. */
function tell(names: Names, name: string, now: number, seconds = 60): boolean {
  return names.learn({ name: `${name}.example.com`, addresses: [address], seconds }, now);
}

/** Tells of `m0`, `m1` and so on; returns how many were news. */
function tellMany(names: Names, letter: string, count: number, now: number): number {
  let taken = 0;
  for (let n = 0; n < count; n++) if (tell(names, `${letter}${n}`, now)) taken++;
  return taken;
}

/** As many names behind a wildcard as are remembered, `n0` first, all told at 0 for a minute. */
function crowded(heard?: (name: string) => void): Names {
  const names = new Names(heard);
  names.want([wildcard, www]);
  equal(tellMany(names, "n", 20_000, 0), 20_000);
  return names;
}

function isKnown(names: Names, name: string): boolean {
  return names.byName.has(`${name}.example.com`);
}

Deno.test("CNP-14 of too many names behind wildcards the one that has stood for nothing for longest gives way", () => {
  const names = crowded();
  tell(names, "n0", 0, 600);
  tell(names, "n1", 0, 90);
  names.expire(60_000);
  names.expire(90_000);
  equal(tellMany(names, "m", 19_998, 90_000), 19_998);
  deepEqual([isKnown(names, "n1"), isKnown(names, "n19999")], [true, false]);
  equal(tell(names, "last", 90_000), true);
  deepEqual([isKnown(names, "n1"), isKnown(names, "n0")], [false, true]);
  deepEqual([names.byName.size, names.refused.count], [20_000, 0]);
});

Deno.test("CNP-14 whoever looks on hears of the name that gave way, and of no other", () => {
  const heard: string[] = [];
  const names = crowded((name) => heard.push(name));
  names.expire(60_000);
  heard.length = 0;
  tell(names, "new", 60_000);
  deepEqual(heard, ["n0.example.com", "new.example.com"]);
});

Deno.test("CNP-14 where all names behind wildcards stand for something one more is refused, until one does not", () => {
  const names = crowded();
  const told = { name: "new.example.com", addresses: [address, other], seconds: 60 };
  equal(names.learn(told, 30_000), false);
  deepEqual([isKnown(names, "new"), names.refused.count], [false, 2]);
  equal(tell(names, "n7", 30_000), true, "what is known is told again");
  names.expire(60_000);
  equal(names.learn(told, 60_000), true);
  equal(names.refused.count, 2);
});

Deno.test("CNP-14 a name that a policy names itself is learned however many are behind wildcards, and stays", () => {
  const names = crowded();
  equal(tell(names, "www", 0, 5), true);
  names.expire(5_000);
  names.expire(60_000);
  equal(tellMany(names, "m", 20_000, 60_000), 20_000);
  deepEqual([...names.byName.get(www.name)?.former ?? []], [[address, 5_000]]);
  equal(names.byName.size, 20_001);
});

Deno.test("CNP-14 a name gives way once no policy names it itself any more", () => {
  const names = new Names();
  names.want([wildcard, www]);
  tell(names, "www", 0, 5);
  names.expire(5_000);
  names.want([wildcard]);
  equal(tellMany(names, "n", 20_000, 5_000), 20_000);
  equal(isKnown(names, "www"), false);
});

Deno.test("CNP-14 what an earlier agent knew is all taken: nobody knows yet what policies name", () => {
  const names = new Names();
  for (let n = 0; n <= 20_000; n++) {
    names.restore(`n${n}.example.com`, { address, seconds: 60, until: 60_000 });
  }
  names.want([wildcard, { name: "n20000.example.com", wildcard: false }]);
  deepEqual([names.byName.size, names.refused.count], [20_001, 0]);
});
