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

/** How many addresses of names behind wildcards are remembered. */
const most = 50_000;

/** As many names with one address each, `n0` first, all told at 0 for a minute. */
function crowded(heard?: (name: string) => void): Names {
  const names = new Names(heard);
  names.want([wildcard, www]);
  equal(tellMany(names, "n", most, 0), most);
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
  equal(tellMany(names, "m", most - 2, 90_000), most - 2);
  deepEqual([isKnown(names, "n1"), isKnown(names, `n${most - 1}`)], [true, false]);
  equal(tell(names, "last", 90_000), true);
  deepEqual([isKnown(names, "n1"), isKnown(names, "n0")], [false, true]);
  deepEqual([names.byName.size, names.refused.count], [most, 0]);
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

Deno.test("CNP-14 names with many addresses are the fewer: the addresses are counted, former ones too", () => {
  const names = new Names();
  names.want([wildcard]);
  const addresses = Array.from(
    { length: 1000 },
    (_, n) => `198.18.${n >> 8}.${n & 255}` as IpAddress,
  );
  const tellAll = (letter: string, now: number): boolean[] =>
    Array.from({ length: most / 1000 }, (_, n) => {
      const name = `${letter}${n}.example.com`;
      return names.learn({ name, addresses, seconds: 60 }, now);
    });
  equal(tellAll("a", 0).every((isNews) => isNews), true);
  deepEqual([tell(names, "one", 0), names.refused.count], [false, 1]);
  names.expire(60_000);
  equal(tell(names, "one", 60_000), true);
  deepEqual([isKnown(names, "a0"), isKnown(names, "a1")], [false, true]);
  equal(tell(names, "a1", 60_000), true, "what stands for nothing does not give way to itself");
  equal(isKnown(names, "a1"), true);
});

Deno.test("CNP-14 where one wildcard's names fill all the room another's have their share of it, and no more", () => {
  const names = new Names();
  names.want([wildcard, { name: "example.org", wildcard: true }]);
  equal(tellMany(names, "n", most, 0), most);
  const tellOther = (n: number): boolean => {
    return names.learn({ name: `n${n}.example.org`, addresses: [address], seconds: 60 }, 0);
  };
  const taken = Array.from({ length: most }, (_, n) => tellOther(n)).filter((isNews) => isNews);
  deepEqual([taken.length, names.byName.size], [most / 2, most]);
  equal(names.refused.count, most, "half of each");
  deepEqual([isKnown(names, "n0"), isKnown(names, `n${most - 1}`)], [false, true], "the oldest go");
  equal(tell(names, "late", 0), false, "whose share is full has nobody give way");
});

Deno.test("CNP-14 a name that a policy names itself is learned however many are behind wildcards, and stays", () => {
  const names = crowded();
  equal(tell(names, "www", 0, 5), true);
  names.expire(5_000);
  names.expire(60_000);
  equal(tellMany(names, "m", most, 60_000), most);
  deepEqual([...names.byName.get(www.name)?.former ?? []], [[address, 5_000]]);
  equal(names.byName.size, most + 1);
});

Deno.test("CNP-14 a name gives way once no policy names it itself any more", () => {
  const names = new Names();
  names.want([wildcard, www]);
  tell(names, "www", 0, 5);
  names.expire(5_000);
  names.want([wildcard]);
  equal(tellMany(names, "n", most, 5_000), most);
  equal(isKnown(names, "www"), false);
});

Deno.test("CNP-14 what an earlier agent knew is all taken: nobody knows yet what policies name", () => {
  const names = new Names();
  for (let n = 0; n <= most; n++) {
    names.restore(`n${n}.example.com`, { address, seconds: 60, until: 60_000 });
  }
  names.want([wildcard, { name: `n${most}.example.com`, wildcard: false }]);
  deepEqual([names.byName.size, names.refused.count], [most + 1, 0]);
});
