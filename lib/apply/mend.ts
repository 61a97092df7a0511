// This module is pure.
import {
  type Change,
  type ListedChain,
  type ListedSet,
  type Listing,
  tendedAs,
  type Transaction,
} from "../model/listing.ts";
import { isSame } from "../model/same.ts";
import { withoutSame } from "../render/changed_parts.ts";
import { changeOf, difference } from "../render/difference.ts";
import { mainTable, type TableName } from "../model/table_name.ts";
import { Statements } from "../render/statements.ts";
import { isDormant, type TableReading } from "./table_reading.ts";
import { renameIn } from "./rename.ts";

/**
 * The transactions that make what is wanted of whatever was read back, in place and in an order
 * that lets no denied packet through.
 *
 * @param from What the kernel holds; undefined where the table is not there.
 */
export function mend(
  from: TableReading | undefined,
  to: Listing,
  table: TableName = mainTable,
): Change {
  if (from === undefined) return changeOf(undefined, to, table);
  const says = new Statements(table);
  const { steps, rest } = turn(from.listing, to, table);
  return {
    steps: [...(isDormant(from) ? [[says.addTable()]] : []), ...steps], // its flags are set anew: none
    // Last, as foreign rules and maps may refer to them.
    rest: [...rest, ...from.others.map(({ kind, name }) => [says.deleteObject(kind, name)])],
  };
}

/**
 * What is to be in a table that is made anew. What the old one knew of connections has gone with it:
 * who was new then would lose those that it has, and is new no longer.
 *
 * @param good What the table that is gone held; undefined where there was none.
 */
export function anew(to: Listing, good: Listing | undefined): Listing {
  if (good === undefined) return to;
  const sets = [...to.sets].map(([name, set]): [string, ListedSet] => {
    if (tendedAs(set) !== "brief") return [name, set];
    const before = good.sets.get(name)?.elements;
    const since = [...set.elements].filter(([key, text]) => before?.get(key) !== text);
    return [name, { ...set, elements: new Map(since) }];
  });
  return { ...to, sets: new Map(sets) };
}

/** One transaction that replaces the table: the last way, as it may leak a few packets. */
export function replace(to: Listing, table: TableName = mainTable): Transaction {
  return [...remove(table), ...difference(undefined, to, table).flat()];
}

/** One transaction that takes the table away: deleting what is not there would be an error. */
export function remove(table: TableName): Transaction {
  const says = new Statements(table);
  return [says.addTable(), says.deleteTable()];
}

/**
 * A declaration cannot be changed in place. What is declared otherwise than it should be gets
 * a stand-in by another name; everything is filled before anything refers to it, and nothing is
 * deleted before all has let go of it.
 */
function turn(from: Listing, to: Listing, table: TableName): Change {
  const names = declaredOtherwise(...withoutSame(from, to));
  if (names.length === 0) return changeOf(from, to, table);
  const standIns = renameIn(to, standInNames(names, from, to));
  const tables = [from, union(from, standIns), standIns, union(standIns, to), to];
  const steps = tables.slice(1).flatMap((next, i) => difference(tables[i], next, table));
  return { steps, rest: [] };
}

function declaredOtherwise(from: Listing, to: Listing): readonly string[] {
  return [...otherwise(from.sets, to.sets), ...otherwise(from.chains, to.chains)];
}

type Declared = Partial<Pick<ListedSet, "kind">> & Pick<ListedChain, "declaration">;

function otherwise(
  from: ReadonlyMap<string, Declared>,
  to: ReadonlyMap<string, Declared>,
): readonly string[] {
  const names: string[] = [];
  for (const [name, wanted] of to) {
    const found = from.get(name);
    if (found !== undefined && !isDeclaredAlike(found, wanted)) names.push(name);
  }
  return names;
}

function isDeclaredAlike(a: Declared, b: Declared): boolean {
  return a.kind === b.kind && isSame(a.declaration, b.declaration);
}

/** Old name -> a name that nothing has, in either table. */
function standInNames(
  names: readonly string[],
  ...listings: readonly Listing[]
): ReadonlyMap<string, string> {
  const taken = new Set(listings.flatMap(({ sets, chains }) => [...sets.keys(), ...chains.keys()]));
  const standIns = new Map<string, string>();
  let number = 0;
  for (const name of names) {
    while (taken.has(`stand-in-${number}`)) number++;
    standIns.set(name, `stand-in-${number++}`);
  }
  return standIns;
}

/** Everything of `a`, and of `b` what has a name that `a` lacks. */
function union(a: Listing, b: Listing): Listing {
  return {
    sets: new Map([...b.sets, ...a.sets]),
    chains: new Map([...b.chains, ...a.chains]),
  };
}
