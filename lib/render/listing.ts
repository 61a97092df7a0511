// This module is pure.
import type { ListedChain, ListedSet, Listing } from "../model/listing.ts";
import type { Chain, NftSet, Ruleset, VerdictMap } from "../model/ruleset.ts";
import { ruleText, verdictText } from "./rule_text.ts";

/** Prints a ruleset as nft itself lists it, so that what is read back can be compared as text. */
export function listRuleset(ruleset: Ruleset): Listing {
  const sets = new Map<string, ListedSet>();
  for (const set of ruleset.sets.values()) sets.set(set.name, listSet(set));
  for (const map of ruleset.maps.values()) sets.set(map.name, listMap(map));
  const chains = new Map<string, ListedChain>();
  for (const chain of ruleset.chains.values()) chains.set(chain.name, listChain(chain));
  return { sets, chains };
}

function listSet(set: NftSet): ListedSet {
  const elements = new Map<string, string>();
  for (const [key, comment] of set.elements) elements.set(key, `${key}${commentText(comment)}`);
  return {
    kind: "set",
    declaration: [
      `typeof ${set.typeof}`,
      ...(set.interval ? ["flags interval"] : []),
      ...commentLine(set.comment),
    ],
    elements,
  };
}

function listMap(map: VerdictMap): ListedSet {
  const elements = new Map<string, string>();
  for (const [key, { verdict, comment }] of map.elements) {
    elements.set(key, `${key}${commentText(comment)} : ${verdictText(verdict)}`);
  }
  const declaration = [`typeof ${map.typeof} : verdict`, ...commentLine(map.comment)];
  return { kind: "map", declaration, elements };
}

function listChain({ hook, comment, rules }: Chain): ListedChain {
  const declaration = [
    ...commentLine(comment),
    ...(hook === undefined
      ? []
      : [`type filter hook ${hook.hook} priority ${hook.priority}; policy accept;`]),
  ];
  return { declaration, rules: rules.map(ruleText) };
}

function commentLine(comment: string | undefined): readonly string[] {
  return comment === undefined ? [] : [`comment "${comment}"`];
}

function commentText(comment: string | undefined): string {
  return comment === undefined ? "" : ` comment "${comment}"`;
}
