// This module is pure.
import type { ListedChain, ListedSet, Listing } from "../model/listing.ts";

/** Gives chains, sets and maps of a listing other names, wherever they are named. */
export function renameIn(listing: Listing, names: ReadonlyMap<string, string>): Listing {
  const nameOf = (name: string): string => names.get(name) ?? name;
  const sets = new Map<string, ListedSet>();
  for (const [name, set] of listing.sets) sets.set(nameOf(name), renameInSet(set, nameOf));
  const chains = new Map<string, ListedChain>();
  for (const [name, { declaration, rules }] of listing.chains) {
    const renamed = rules.map((rule) => renameInText(rule, nameOf));
    chains.set(nameOf(name), { declaration, rules: renamed });
  }
  return { sets, chains };
}

function renameInSet(set: ListedSet, nameOf: (name: string) => string): ListedSet {
  if (set.kind === "set") return set;
  const elements = new Map<string, string>();
  for (const [key, text] of set.elements) elements.set(key, renameInText(text, nameOf));
  return { ...set, elements };
}

/** In rules and elements a set is named as `@NAME`, a chain behind `jump` or `goto`. */
function renameInText(text: string, nameOf: (name: string) => string): string {
  return text.replaceAll(
    /"[^"]*"|(@|\b(?:jump|goto) )([^\s,;{}"]+)/g,
    (whole: string, before?: string, name?: string) =>
      before === undefined || name === undefined ? whole : `${before}${nameOf(name)}`,
  );
}
