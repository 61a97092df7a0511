// This module is pure.
import type { ListedChain, ListedSet } from "../model/listing.ts";

/** The table that is ours, and nobody else's. */
export const table = "inet hedgerow";

/** Makes the table where it is not there. */
export const addTable: string = `add table ${table}`;

/** Deletes the table with all that is in it. */
export const deleteTable: string = `delete table ${table}`;

/** Declares a set or a map, without elements. */
export function addSet(name: string, { kind, declaration }: ListedSet): string {
  return `add ${kind} ${table} ${name} { ${declaration.map((line) => `${line};`).join(" ")} }`;
}

/** Deletes a set or a map that nothing refers to. */
export function deleteSet(name: string, kind: ListedSet["kind"]): string {
  return `delete ${kind} ${table} ${name}`;
}

/** Adds elements; none, no statement, as an empty list is a syntax error. */
export function addElements(set: string, elements: readonly string[]): readonly string[] {
  return elements.length === 0 ? [] : [`add element ${table} ${set} { ${elements.join(", ")} }`];
}

/** Deletes elements by their keys. */
export function deleteElements(set: string, keys: readonly string[]): readonly string[] {
  return keys.length === 0 ? [] : [`delete element ${table} ${set} { ${keys.join(", ")} }`];
}

/** Declares a chain, without rules. */
export function addChain(name: string, { declaration }: ListedChain): string {
  const lines = declaration.map((line) => line.endsWith(";") ? line : `${line};`);
  return `add chain ${table} ${name}${lines.length === 0 ? "" : ` { ${lines.join(" ")} }`}`;
}

/** Takes all rules out of a chain. */
export function flushChain(name: string): string {
  return `flush chain ${table} ${name}`;
}

/** Deletes a chain that has no rules and that nothing refers to. */
export function deleteChain(name: string): string {
  return `delete chain ${table} ${name}`;
}

/** Appends rules in order. */
export function addRules(chain: string, rules: readonly string[]): readonly string[] {
  return rules.map((rule) => `add rule ${table} ${chain} ${rule}`);
}
