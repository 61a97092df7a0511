import { deepEqual, equal, ok } from "node:assert/strict";
import type { ListedSet, Listing } from "../../../lib/model/listing.ts";
import { Turns } from "../../../lib/apply/turns.ts";

function tableOf(sets: number, elementsEach: number): Listing {
  const keys = Array.from({ length: elementsEach }, (_, i) => `${i}`);
  const elements = new Map(keys.map((key) => [key, key]));
  const set: ListedSet = { kind: "set", declaration: ["typeof ip saddr"], elements };
  return {
    sets: new Map(Array.from({ length: sets }, (_, i) => [`s${i}`, set])),
    chains: new Map(),
  };
}

Deno.test("a small table is read back whole each time", () => {
  const turns = new Turns();
  for (const now of [0, 30_000, 60_000]) {
    deepEqual(turns.next(tableOf(10, 1000), now), { kind: "whole" });
    equal(turns.isMoreDue(now), false);
  }
});

Deno.test("of a large table everything has its turn within five minutes, a little at a time", () => {
  const turns = new Turns();
  const table = tableOf(300, 150);
  const readAt = new Map<string, number[]>();
  for (let now = 0; now <= 900_000; now += 30_000) {
    let elements = 0;
    do {
      const part = turns.next(table, now);
      ok(part.kind !== "whole");
      const names = part.kind === "sets" ? part.names : ["structure"];
      for (const name of names) readAt.set(name, [...readAt.get(name) ?? [], now]);
      if (part.kind === "sets") elements += names.length * 150;
      ok(names.length * 150 <= 2150, "one part is small");
    } while (turns.isMoreDue(now));
    ok(elements <= 45_000 / 5, `${elements} elements are read at ${now}`);
  }
  equal(readAt.size, 301);
  for (const [name, times] of readAt) {
    const gaps = [0, ...times].map((at, i) => (times[i] ?? 900_000) - at);
    ok(Math.max(...gaps) < 300_000, `${name} is read at ${times}`);
  }
});

Deno.test("what is in sets that rules fill is neither looked at nor counted", () => {
  const { sets, chains } = tableOf(300, 150);
  const former: ListedSet = {
    kind: "set",
    declaration: ["typeof ip saddr", "size 65535", "flags dynamic,timeout", "timeout 1d"],
    get elements(): never {
      throw new Error("nobody is to look");
    },
  };
  const turns = new Turns();
  const small = { sets: new Map([["former", former]]), chains };
  deepEqual(turns.next(small, 0), { kind: "whole" });
  const large = { sets: new Map([...sets, ["former", former]]), chains };
  const seen: string[] = [];
  do {
    const part = turns.next(large, 1);
    if (part.kind === "sets") seen.push(...part.names);
  } while (turns.isMoreDue(300_000));
  equal(seen.length, 300);
});
