import assert, { deepEqual } from "node:assert/strict";
import type { ListedChain, ListedSet, Listing } from "../../../lib/model/listing.ts";
import { changeOf, difference } from "../../../lib/render/difference.ts";
import { KeyList } from "../../../lib/render/key_list.ts";

interface Draft {
  readonly sets?: Readonly<Record<string, readonly string[]>>;
  readonly maps?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly chains?: Readonly<Record<string, readonly string[]>>;
}

function listing({ sets = {}, maps = {}, chains = {} }: Draft): Listing {
  const listed = new Map<string, ListedSet>();
  for (const [name, keys] of Object.entries(sets)) {
    listed.set(name, setOf(keys));
  }
  for (const [name, verdicts] of Object.entries(maps)) {
    const elements = new Map(Object.entries(verdicts).map(([k, v]) => [k, `${k} : ${v}`]));
    listed.set(name, { kind: "map", declaration: ["typeof ip saddr : verdict"], elements });
  }
  return {
    sets: listed,
    chains: new Map(
      Object.entries(chains).map(([name, rules]) => [name, { declaration: [], rules }]),
    ),
  };
}

function setOf(keys: readonly string[]): ListedSet {
  const elements = new Map(keys.map((key) => [key, key]));
  return { kind: "set", declaration: ["typeof ip saddr"], elements };
}

function filled(map: string, element: string): string {
  return `add map inet hedgerow ${map} { typeof ip saddr : verdict; elements = { ${element} }; }`;
}

Deno.test("nothing changed, nothing said", () => {
  const same = { sets: { s: ["a"] }, maps: { m: { p: "jump c" } }, chains: { c: ["accept"] } };
  deepEqual(difference(listing(same), listing(same)), []);
});

Deno.test("a table that is not there is made whole in one transaction", () => {
  const to = listing({
    sets: { s: ["a", "b"] },
    maps: { m: { p: "jump c" } },
    chains: { c: ["x"] },
  });
  deepEqual(difference(undefined, to), [[
    "add table inet hedgerow",
    "add set inet hedgerow s { typeof ip saddr; elements = { a, b }; }",
    "add map inet hedgerow m { typeof ip saddr : verdict; }",
    "add chain inet hedgerow c",
    "add rule inet hedgerow c x",
    filled("m", "p : jump c"),
  ]]);
});

Deno.test("a changed chain is flushed and refilled in one transaction", () => {
  const changes = difference(
    listing({ chains: { c: ["x"] } }),
    listing({ chains: { c: ["y", "z"] } }),
  );
  deepEqual(changes, [[
    "flush chain inet hedgerow c",
    "add chain inet hedgerow c { y; z; }",
  ]]);
});

Deno.test("sets that are there are declared once more before rules that name them", () => {
  const sets = { s: ["a"], t: ["b"], other: ["c"] };
  const changes = difference(
    listing({ sets, chains: { c: ["@s"] } }),
    listing({ sets: { ...sets, new: ["d"] }, chains: { c: ["@t", "@s"], d: ["@new", "@s"] } }),
  );
  deepEqual(changes, [[
    "add set inet hedgerow new { typeof ip saddr; elements = { d }; }",
    "add chain inet hedgerow d",
    "flush chain inet hedgerow c",
    "add set inet hedgerow s { typeof ip saddr; }",
    "add set inet hedgerow t { typeof ip saddr; }",
    "add chain inet hedgerow d { @new; @s; }",
    "add chain inet hedgerow c { @t; @s; }",
  ]]);
});

Deno.test("elements come and go in one transaction, batched by set", () => {
  const changes = difference(
    listing({ sets: { s: ["a", "b", "c"] } }),
    listing({ sets: { s: ["c", "d", "e"] } }),
  );
  deepEqual(changes, [[
    "delete element inet hedgerow s { a, b }",
    "add set inet hedgerow s { typeof ip saddr; elements = { d, e }; }",
  ]]);
});

Deno.test("new chains are there before the maps switch to them, old ones go after", () => {
  const changes = difference(
    listing({ sets: { s: [] }, maps: { m: { p: "jump old" } }, chains: { old: ["@s"] } }),
    listing({ sets: { t: ["a"] }, maps: { m: { p: "jump new" } }, chains: { new: ["@t"] } }),
  );
  deepEqual(changes, [
    [
      "add set inet hedgerow t { typeof ip saddr; elements = { a }; }",
      "add chain inet hedgerow new",
      "add chain inet hedgerow new { @t; }",
    ],
    ["delete element inet hedgerow m { p }", filled("m", "p : jump new")],
    [
      "flush chain inet hedgerow old",
      "delete set inet hedgerow s",
      "delete chain inet hedgerow old",
    ],
  ]);
});

Deno.test("nobody waits for what only goes, nor for the full time of what came with a timeout", () => {
  const declaration = ["typeof ip saddr", "flags dynamic,timeout", "timeout 3m"];
  const brief = (...keys: readonly string[]): Listing => {
    const set = { ...setOf(keys), declaration };
    return { sets: new Map([["brief", set]]), chains: new Map() };
  };
  const said = `add set inet hedgerow brief { ${declaration.join("; ")}; elements = { a }; }`;
  const { steps, rest } = changeOf(brief(), brief("a"));
  deepEqual(steps, [[said]]);
  deepEqual(rest, [[said, "delete element inet hedgerow brief { a }", said]]);
  deepEqual(changeOf(brief("a"), brief()), {
    steps: [[said, "delete element inet hedgerow brief { a }"]],
    rest: [],
  });
  const { steps: none, rest: deletes } = changeOf(listing({ sets: { s: [] } }), listing({}));
  deepEqual([none, deletes], [[], [["delete set inet hedgerow s"]]]);
});

Deno.test("where no chain is refilled, elements and maps change in one transaction", () => {
  const chains = { one: ["@s"], two: ["accept"] };
  const changes = difference(
    listing({ sets: { s: ["a"] }, maps: { m: { p: "jump one" } }, chains }),
    listing({ sets: { s: ["b"] }, maps: { m: { p: "jump two" } }, chains }),
  );
  deepEqual(changes, [[
    "delete element inet hedgerow s { a }",
    "add set inet hedgerow s { typeof ip saddr; elements = { b }; }",
    "delete element inet hedgerow m { p }",
    filled("m", "p : jump two"),
  ]]);
});

Deno.test("who leaves a chain leaves before a chain of a later tier is refilled, too", () => {
  const first = ["x", "goto last"];
  const from = listing({
    maps: { m: { p: "jump first", q: "jump first" } },
    chains: { first, last: ["y"], other: ["z"] },
  });
  const to = listing({
    maps: { m: { p: "jump first", q: "jump other" } },
    chains: { first, last: ["drop"], other: ["z"] },
  });
  const shared = { ...to, chains: new Map([...from.chains, ["last", chainOf(to, "last")]]) };
  for (const wanted of [to, shared]) {
    deepEqual(difference(from, wanted), [
      ["delete element inet hedgerow m { q }", filled("m", "q : jump other")],
      ["flush chain inet hedgerow last", "add chain inet hedgerow last { drop; }"],
    ]);
  }
});

Deno.test("a map of ports is whole before a rule names it, and goes when no rule does", () => {
  const parted = (name: string, elements: Readonly<Record<string, string>>): Listing => {
    const { sets, chains } = listing({ maps: { [name]: elements }, chains: { c: [] } });
    const map: ListedSet = { ...sets.get(name)!, declaration: ["typeof th dport : verdict"] };
    const rules = [`meta l4proto tcp ct reply proto-src vmap @${name}`];
    const classes = [...new Set(Object.values(elements))].map((verdict) => verdict.slice(5));
    return {
      sets: new Map([[name, map]]),
      chains: new Map([...chains, ["c", { declaration: [], rules }], ...emptyChains(classes)]),
    };
  };
  const changes = difference(
    parted("old", { 80: "goto a", 90: "goto b" }),
    parted("new", { 80: "goto a", 100: "goto d" }),
  );
  deepEqual(changes, [
    [
      "add chain inet hedgerow d",
      "add map inet hedgerow new { typeof th dport : verdict; " +
      "elements = { 80 : goto a, 100 : goto d }; }",
      "flush chain inet hedgerow c",
      "add chain inet hedgerow c { meta l4proto tcp ct reply proto-src vmap @new; }",
    ],
    [
      "flush chain inet hedgerow b",
      "delete map inet hedgerow old",
      "delete chain inet hedgerow b",
    ],
  ]);
});

Deno.test("who leaves a chain leaves before the chain of a class of ports is refilled, too", () => {
  const draft = (rules: readonly string[], q: string): Listing => {
    const { sets, chains } = listing({
      maps: { m: { p: "jump parts", q: `jump ${q}` }, ports: { 80: "goto a", 90: "goto b" } },
      chains: { parts: ["tcp dport vmap @ports"], a: ["x"], b: rules, other: ["z"] },
    });
    const map: ListedSet = { ...sets.get("ports")!, declaration: ["typeof th dport : verdict"] };
    return { sets: new Map(sets).set("ports", map), chains };
  };
  deepEqual(difference(draft(["y"], "parts"), draft(["drop"], "other")), [
    ["delete element inet hedgerow m { q }", filled("m", "q : jump other")],
    ["flush chain inet hedgerow b", "add chain inet hedgerow b { drop; }"],
  ]);
});

function emptyChains(names: readonly string[]): Iterable<[string, ListedChain]> {
  return names.map((name) => [name, { declaration: [], rules: [] }]);
}

function chainOf({ chains }: Listing, name: string): ListedChain {
  const chain = chains.get(name);
  assert(chain !== undefined);
  return chain;
}

Deno.test("sets whose elements are lists of keys are compared as lists, and say the same", () => {
  const lists = [["a", "b", "d"], [], ["b", "c", "e"], ["e"], ["a", "b", "c", "d", "e"]];
  const asList = (keys: readonly string[]): Listing => {
    const elements = new KeyList(keys.map((key) => [key]));
    return { sets: new Map([["s", { ...setOf([]), elements }]]), chains: new Map() };
  };
  for (const from of lists) {
    for (const to of lists) {
      const plain = difference(listing({ sets: { s: from } }), listing({ sets: { s: to } }));
      deepEqual(difference(asList(from), asList(to)), plain);
      deepEqual(difference(listing({ sets: { s: from } }), asList(to)), plain);
      deepEqual(difference(asList(from), listing({ sets: { s: to } })), plain);
    }
  }
});
