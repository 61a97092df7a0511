import { deepEqual } from "node:assert/strict";
import { findDrift } from "../../../lib/apply/drift.ts";
import type { TableReading } from "../../../lib/apply/table_reading.ts";
import type { ListedSet, Listing } from "../../../lib/model/listing.ts";

function setOf(elements: readonly string[], kind: ListedSet["kind"] = "set"): ListedSet {
  return {
    kind,
    declaration: ["typeof ip saddr"],
    elements: new Map(elements.map((text) => [text.split(" ")[0] ?? "", text])),
  };
}

function read(listing: Partial<Listing>, more: Partial<TableReading> = {}): TableReading {
  const whole = { sets: new Map(), chains: new Map(), ...listing };
  return { listing: whole, declaration: [], others: [], ...more };
}

function drift(reading: TableReading | undefined, wanted: Partial<Listing>): readonly string[] {
  return findDrift(reading, { sets: new Map(), chains: new Map(), ...wanted })
    .map(({ kind, text }) => `[${kind}] ${text}`);
}

const chains = new Map([["a", { declaration: [], rules: ["counter drop"] }]]);

Deno.test("no difference, no drift, whatever the order", () => {
  const there = new Map([["s", setOf(["1", "2"])], ["t", setOf([])]]);
  const wanted = new Map([["t", setOf([])], ["s", setOf(["2", "1"])]]);
  deepEqual(drift(read({ sets: there, chains }), { sets: wanted, chains }), []);
});

Deno.test("a table that is gone is one thing, not everything that was in it", () => {
  deepEqual(drift(undefined, { chains }), ["[table missing] table inet hedgerow is gone"]);
});

Deno.test("a sleeping table and foreign objects are told", () => {
  const others = [{ kind: "ct helper", name: "x" }];
  deepEqual(drift(read({ chains }, { declaration: ["flags owner,dormant"], others }), { chains }), [
    "[table dormant] table inet hedgerow is dormant: none of its chains sees a packet",
    "[object foreign] ct helper x is foreign",
  ]);
});

Deno.test("elements are counted, and the first of them named", () => {
  const there = new Map([["s", setOf(["1", "2", "9 comment"])]]);
  const wanted = new Map([["s", setOf(["1", "3", "4", "5", "6", "9"])]]);
  deepEqual(drift(read({ sets: there }), { sets: wanted }), [
    "[elements missing] set s lacks 4 elements: 3, 4, 5, …",
    "[elements changed] set s has changed 1 element: 9",
    "[elements foreign] set s has foreign 1 element: 2",
  ]);
});

Deno.test("another kind, another declaration, other rules, missing and foreign ones", () => {
  const there = read({
    sets: new Map([["s", setOf([], "map")], ["f", setOf([])]]),
    chains: new Map([
      ["a", { declaration: [], rules: ["counter accept"] }],
      ["b", { declaration: ['comment "x"'], rules: [] }],
      ["f", { declaration: [], rules: [] }],
    ]),
  });
  const wanted = {
    sets: new Map([["s", setOf([])], ["m", setOf([])]]),
    chains: new Map([...chains, ["b", { declaration: [], rules: [] }], ["m", {
      declaration: [],
      rules: [],
    }]]),
  };
  deepEqual(drift(there, wanted), [
    "[chain changed] chain a has other rules",
    '[chain changed] chain b is declared otherwise: found comment "x", expected nothing',
    "[chain missing] chain m is missing",
    "[chain foreign] chain f is foreign",
    "[set changed] set s is declared otherwise: found another kind of object",
    "[set missing] set m is missing",
    "[set foreign] set f is foreign",
  ]);
});
