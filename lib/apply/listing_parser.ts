// This module is pure.
import { isUntended, type ListedChain, type ListedSet, type Listing } from "../model/listing.ts";
import { mainTable, type TableName } from "../model/table_name.ts";
import { type Block, formatItem, ListingError, readBlocks } from "./listing_lines.ts";
import { formatHook } from "./hook_text.ts";
import type { OtherObject, TableReading } from "./table_reading.ts";

/** What is read of a table. */
export interface ReadOptions {
  /** Whether what rules alone add to sets is read, too. Default: false. */
  readonly withUsed?: boolean;
}

/**
 * Reads what `nft -s list table` printed of a table, in the words of any nft from 1.0.6 on.
 *
 * @throws {ListingError} for a text that is not understood as a whole: a part of a table would
 * be mistaken for all of it.
 */
export function parseListing(
  text: string,
  table: TableName = mainTable,
  options: ReadOptions = {},
): TableReading {
  const sets = new Map<string, ListedSet>();
  const chains = new Map<string, ListedChain>();
  const declaration: string[] = [];
  const others: OtherObject[] = [];
  for (const item of theTable(text, table).items) {
    if (typeof item === "string") {
      declaration.push(item);
      continue;
    }
    const { kind, name } = parseHead(item.head);
    const lines = item.items.map(formatItem);
    if (kind === "chain") chains.set(name, parseChain(lines));
    else if (kind === "set" || kind === "map") sets.set(name, parseSet(kind, lines, options));
    else others.push({ kind, name });
  }
  return { listing: { sets, chains }, declaration, others };
}

/**
 * Reads sets and maps of a table that were listed one by one, each in a table of its own.
 *
 * @throws {ListingError} for a text that is not understood as a whole.
 */
export function parseSets(text: string, table: TableName): Listing["sets"] {
  const sets = new Map<string, ListedSet>();
  for (const block of readBlocks(text)) {
    for (const item of tableOf(block, table).items) {
      if (typeof item === "string") continue;
      const { kind, name } = parseHead(item.head);
      if (kind !== "set" && kind !== "map") {
        throw new ListingError(`Cannot read listing: found ${item.head}, expected sets and maps`);
      }
      sets.set(name, parseSet(kind, item.items.map(formatItem), {}));
    }
  }
  return sets;
}

function theTable(text: string, table: TableName): Block {
  const [block, ...more] = readBlocks(text);
  if (block === undefined || more.length > 0) {
    throw new ListingError("Cannot read listing: expected one table");
  }
  return tableOf(block, table);
}

function tableOf(block: string | Block, table: TableName): Block {
  if (typeof block === "string") {
    throw new ListingError(`Cannot read listing: found ${block}, expected our table`);
  }
  if (block.head !== `table ${table}`) {
    throw new ListingError(`Cannot read listing: found ${block.head}, expected our table`);
  }
  return block;
}

/** `chain NAME`, `ct helper NAME`: the last word is the name. */
function parseHead(head: string): OtherObject {
  const parts = /^([a-z]+(?: [a-z]+)?) ([^\s"]+)$/.exec(head);
  const [, kind, name] = parts ?? [];
  if (kind === undefined || name === undefined) {
    throw new ListingError(`Cannot read listing: found ${JSON.stringify(head)} in the table`);
  }
  return { kind, name };
}

/** What declares the chain comes before its first rule, and no rule begins with these words. */
function parseChain(lines: readonly string[]): ListedChain {
  const first = lines.findIndex((line) => !/^(?:comment "|type |flags |devices )/.test(line));
  const end = first < 0 ? lines.length : first;
  return { declaration: lines.slice(0, end).map(formatHook), rules: lines.slice(end) };
}

function parseSet(
  kind: ListedSet["kind"],
  lines: readonly string[],
  { withUsed = false }: ReadOptions,
): ListedSet {
  const declaration: string[] = [];
  let elements: ReadonlyMap<string, string> = new Map();
  for (const line of lines) {
    const list = /^elements = \{([^]*)\}$/.exec(line)?.[1];
    if (list === undefined) declaration.push(line);
    else elements = parseElements(list);
  }
  const set: ListedSet = { kind, declaration, elements };
  return isUntended(set) && !withUsed ? { ...set, elements: new Map() } : set;
}

/** Elements are parted by commas; those in a comment part nothing. */
function parseElements(list: string): ReadonlyMap<string, string> {
  const elements = new Map<string, string>();
  for (const [part] of list.matchAll(/(?:[^",]+|"[^"]*")+/g)) {
    const element = part.trim();
    if (element !== "") elements.set(keyOf(element), element);
  }
  return elements;
}

/** The words that may follow an element's key, each as a word of its own. */
const extras = /\s(?:comment|timeout|expires|counter|quota|limit|last|:)(?=\s|$)/;

function keyOf(element: string): string {
  const end = element.search(extras);
  return end < 0 ? element : element.slice(0, end);
}
