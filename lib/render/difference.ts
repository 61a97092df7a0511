// This module is pure.
import {
  type Change,
  isPortMap,
  type ListedSet,
  type Listing,
  type Transaction,
  transactionsOf,
} from "../model/listing.ts";
import { mainTable, type TableName } from "../model/table_name.ts";
import { withoutSame } from "./changed_parts.ts";
import { elementChanges, renewAll } from "./element_changes.ts";
import type { NamedChain, NamedSet } from "./listing.ts";
import { type Moving, movingBetween } from "./movers.ts";
import { isKnownSet } from "./names.ts";
import { changedChains, refilledChains } from "./refilled.ts";
import { Statements } from "./statements.ts";

/** All transactions that make one table of another: see `changeOf`. */
export function difference(
  from: Listing | undefined,
  to: Listing,
  table: TableName = mainTable,
): readonly Transaction[] {
  return transactionsOf(changeOf(from, to, table));
}

/**
 * What makes one table of another, so that on the way no packet gets through that both would deny,
 * and none is dropped that both would allow:
 *
 * 1. new sets and chains, which nothing leads to yet;
 * 2. pods leave the chains that are about to be refilled, and go where they are judged meanwhile;
 * 3. elements come and go, and chains are refilled in place;
 * 4. pods are where they belong: the switch of the maps;
 * 5. the rest: what came with a timeout gets all of it, and what nothing leads to any more goes.
 *
 * Steps without statements are left out, and where none moves in 2, 1 and 3 are one transaction.
 * Where no chain is refilled, 3 and 4 are one instead: then it is pods, namespaces or nodes that
 * have changed, and those that move to another chain may be changed peers there.
 * What has the same name in both must be declared alike: a declaration cannot be changed in place.
 *
 * @param from What the kernel holds; undefined where the table is not there.
 * @param table The table that they are about.
 */
export function changeOf(
  from: Listing | undefined,
  to: Listing,
  table: TableName = mainTable,
): Change {
  if (from === to) return { steps: [], rest: [] };
  const says = new Statements(table);
  if (from !== undefined) return changeInPlace(from, to, says);
  const rules = [...to.chains].flatMap(([name, { rules }]) => says.addRules(name, rules));
  const whole = [...declare(empty, to, says), ...rules, ...switchMaps(empty, to, says)];
  return { steps: [[says.addTable(), ...whole]], rest: [] };
}

function changeInPlace(whole: Listing, wanted: Listing, says: Statements): Change {
  const [from, to] = withoutSame(whole, wanted);
  const changed = changedChains(from.chains, to.chains);
  const moving = changed.length === 0
    ? { sets: from.sets, chains: empty.chains }
    : movingBetween(from, to, refilledChains(changed, whole));
  const isSaid = ({ length }: Transaction): boolean => length > 0;
  const chains = new Map([...from.chains, ...moving.chains]);
  const rest = [renewAll(from, to, says), shrink({ sets: from.sets, chains }, to, says)];
  return {
    steps: steps({ from, to, changed, moving, whole, wanted, says }).filter(isSaid),
    rest: rest.filter(isSaid),
  };
}

/** All that there is to know of a change in place. */
interface InPlace {
  /** What the kernel holds, and what it shall hold, without what is the same. */
  readonly from: Listing;
  readonly to: Listing;
  /** The chains that are refilled. */
  readonly changed: readonly NamedChain[];
  readonly moving: Moving;
  /** As `from` and `to`, with all. */
  readonly whole: Listing;
  readonly wanted: Listing;
  readonly says: Statements;
}

/** Without the rest. */
function steps(change: InPlace): readonly Transaction[] {
  const { from, to, changed, moving, whole, wanted, says } = change;
  const declared = declare(from, to, says);
  const elements = changeElements(from, to, says);
  const fresh = [...to.chains].filter(([name]) => !from.chains.has(name));
  if (changed.length === 0) {
    const filled = says.fillChains(fresh, whole.sets);
    return [[...declared, ...filled], [...elements, ...switchMaps(from, to, says)]];
  }
  const meanwhile = { sets: moving.sets, chains: from.chains };
  const move = switchMaps(from, meanwhile, says);
  const refill = [...elements, ...changed.map(([name]) => says.flushChain(name))];
  const both = [...moving.chains].map(([name, chain]) => says.addChain(name, chain));
  // Chains are filled behind the sets that were there before the transaction: `whole` has none that
  // is declared in the same one, `wanted` those too that an earlier one has declared.
  const begin = move.length > 0
    ? [
      [...declared, ...both, ...says.fillChains([...fresh, ...moving.chains], whole.sets)],
      move,
      [...refill, ...says.fillChains(changed, wanted.sets)],
    ]
    : [[...declared, ...refill, ...says.fillChains([...fresh, ...changed], whole.sets)]];
  return [...begin, switchMaps(meanwhile, to, says)];
}

const empty: Listing = { sets: new Map(), chains: new Map() };

function declare(from: Listing, to: Listing, says: Statements): Transaction {
  const sets = [...to.sets].filter(([name]) => !from.sets.has(name));
  const chains = [...to.chains].filter(([name]) => !from.chains.has(name));
  const isOfPorts = ([, set]: NamedSet): boolean => isPortMap(set);
  const add = ([name, set]: NamedSet): string => says.addSet(name, set, [...set.elements.values()]);
  return [
    ...sets.filter((one) => !isOfPorts(one)).map(([name, set]) =>
      // What a pod's address leads to comes when all chains are whole.
      set.kind === "set" ? add([name, set]) : says.addSet(name, set, [])
    ),
    ...chains.map(([name, chain]) => says.addChain(name, chain)),
    ...sets.filter(isOfPorts).map(add), // by rules alone is anything led there
  ];
}

function changeElements(from: Listing, to: Listing, says: Statements): Transaction {
  return [...to.sets].flatMap(([name, set]) => {
    const found = from.sets.get(name);
    if (found === undefined || isSwitched(name, set)) return [];
    return elementChanges({ name, from: found, to: set }, says);
  });
}

function switchMaps(from: Listing, to: Listing, says: Statements): Transaction {
  const statements: string[] = [];
  for (const [name, set] of to.sets) {
    const found = from.sets.get(name);
    const isDeclared = found === undefined && set.kind === "set"; // with its elements
    if (!isSwitched(name, set) || isDeclared) continue;
    statements.push(...elementChanges({ name, from: found, to: set }, says));
  }
  return statements;
}

/** A pod becomes known and policed at once. */
function isSwitched(name: string, set: ListedSet): boolean {
  return set.kind === "map" && !isPortMap(set) || isKnownSet(name);
}

/** Nothing that stays refers to what goes: rules and elements have let go of it before. */
function shrink(from: Listing, to: Listing, says: Statements): Transaction {
  const chains = [...from.chains.keys()].filter((name) => !to.chains.has(name));
  const sets = [...from.sets.keys()].filter((name) => !to.sets.has(name));
  return [
    ...chains.map((name) => says.flushChain(name)),
    ...sets.map((name) => says.deleteSet(name, from.sets.get(name)?.kind ?? "set")),
    ...chains.map((name) => says.deleteChain(name)),
  ];
}
