// This module is pure.
import type { ListedChain, ListedSet, Listing, Transaction } from "../model/listing.ts";
import {
  addChain,
  addElements,
  addRules,
  addSet,
  addTable,
  deleteChain,
  deleteElements,
  deleteSet,
  flushChain,
} from "./statements.ts";

/**
 * The transactions that make one table of another, in the order that lets no denied packet
 * through: (1) new sets and chains, elements, and chains refilled in place; (2) the switch of the
 * maps to other chains; (3) deletes of what nothing refers to any more.
 *
 * What has the same name in both must be declared alike: a declaration cannot be changed in place.
 *
 * @param from What the kernel holds; undefined where the table is not there.
 */
export function difference(from: Listing | undefined, to: Listing): readonly Transaction[] {
  if (from === undefined) return [[addTable, ...fill(to)]];
  return [grow(from, to), switchMaps(from, to), shrink(from, to)].filter(({ length }) =>
    length > 0
  );
}

/** Everything of a table that holds nothing yet: what is referred to comes first. */
function fill(to: Listing): Transaction {
  return grow(empty, to, { maps: true });
}

const empty: Listing = { sets: new Map(), chains: new Map() };

function grow(from: Listing, to: Listing, options: { readonly maps?: boolean } = {}): Transaction {
  const statements: string[] = [];
  for (const [name, set] of to.sets) {
    if (!from.sets.has(name)) statements.push(addSet(name, set));
  }
  for (const [name, chain] of to.chains) {
    if (!from.chains.has(name)) statements.push(addChain(name, chain));
  }
  for (const [name, set] of to.sets) {
    if (set.kind === "set") statements.push(...elementChanges(name, from.sets.get(name), set));
  }
  for (const [name, chain] of to.chains) {
    statements.push(...refill(name, from.chains.get(name), chain));
  }
  if (options.maps) statements.push(...switchMaps(from, to));
  return statements;
}

function refill(name: string, from: ListedChain | undefined, to: ListedChain): readonly string[] {
  if (from === to) return [];
  if (from === undefined) return addRules(name, to.rules);
  if (isSameList(from.rules, to.rules)) return [];
  return [flushChain(name), ...addRules(name, to.rules)];
}

function switchMaps(from: Listing, to: Listing): Transaction {
  const statements: string[] = [];
  for (const [name, set] of to.sets) {
    if (set.kind === "map") statements.push(...elementChanges(name, from.sets.get(name), set));
  }
  return statements;
}

/** Nothing that stays refers to what goes: rules and elements have let go of it before. */
function shrink(from: Listing, to: Listing): Transaction {
  const chains = [...from.chains.keys()].filter((name) => !to.chains.has(name));
  const sets = [...from.sets.keys()].filter((name) => !to.sets.has(name));
  return [
    ...chains.map(flushChain),
    ...sets.map((name) => deleteSet(name, from.sets.get(name)?.kind ?? "set")),
    ...chains.map(deleteChain),
  ];
}

function elementChanges(
  name: string,
  from: ListedSet | undefined,
  to: ListedSet,
): readonly string[] {
  if (from === to) return []; // what did not change is the same object: it need not be looked at
  const gone: string[] = [];
  const come: string[] = [];
  for (const [key, text] of from?.elements ?? []) {
    if (to.elements.get(key) !== text) gone.push(key);
  }
  for (const [key, text] of to.elements) {
    if (from?.elements.get(key) !== text) come.push(text);
  }
  return [...deleteElements(name, gone), ...addElements(name, come)];
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((line, i) => line === b[i]));
}
