// This module is pure.
import { type ListedChain, type ListedSet, type Listing, timeouts } from "../model/listing.ts";
import type { NftSet, SetElement } from "../model/nft_set.ts";
import { type Chain, mapSize, type Ruleset, type VerdictMap } from "../model/ruleset.ts";
import { ruleText, verdictText } from "./rule_text.ts";

/** A set or a map, and the name that it has in the table. */
export type NamedSet = readonly [name: string, set: ListedSet];

/** Prints a ruleset as nft itself lists it, so that what is read back can be compared as text. */
export function listRuleset(ruleset: Ruleset): Listing {
  return {
    sets: new Map([
      ...Array.from(ruleset.sets.values(), listSet),
      ...Array.from(ruleset.maps.values(), listMap),
    ]),
    chains: new Map(Array.from(ruleset.chains.values(), listChain)),
  };
}

/** Prints a set as nft lists it. */
export function listSet(set: NftSet): NamedSet {
  const elements = new Map<string, string>();
  for (const [key, said] of set.elements) elements.set(key, elementText(key, said));
  const declaration = [
    `typeof ${set.typeof}`,
    ...keepingLines(set),
    ...commentLine(set.comment),
  ];
  return [set.name, { kind: "set", declaration, elements }];
}

/** Prints an element of a set. */
export function elementText(key: string, { seconds, comment }: SetElement): string {
  return `${key}${timeoutText(seconds)}${commentText(comment)}`;
}

function keepingLines({ keeping, elements }: NftSet): readonly string[] {
  switch (keeping) {
    case "plain":
      return [];
    case "fixed":
      return [`size ${elements.size}`];
    case "interval":
      return ["flags interval"];
    case "leased":
      return ["flags timeout"];
    case "dynamic": // an idle TCP connection is remembered for five days: so long its address is, too
      return ["size 65535", "flags dynamic,timeout", "timeout 5d"];
    case "brief":
    case "watched":
      return ["size 65535", "flags dynamic,timeout", timeouts[keeping]];
    default:
      return keeping satisfies never;
  }
}

/** Prints a map as nft lists it. */
export function listMap(map: VerdictMap): NamedSet {
  const elements = new Map<string, string>();
  for (const [key, { verdict, comment }] of map.elements) {
    elements.set(key, `${key}${commentText(comment)} : ${verdictText(verdict)}`);
  }
  const declaration = [
    `typeof ${map.typeof} : verdict`,
    ...mapKeepingLines(map),
    ...commentLine(map.comment),
  ];
  return [map.name, { kind: "map", declaration, elements }];
}

function mapKeepingLines({ keeping, elements }: VerdictMap): readonly string[] {
  switch (keeping) {
    case "plain":
      return [`size ${mapSize}`];
    case "fixed":
      return [`size ${elements.size}`];
    case "interval":
      return ["flags interval"];
    default:
      return keeping satisfies never;
  }
}

/** A chain, and its name. */
export type NamedChain = readonly [name: string, chain: ListedChain];

/** Prints a chain as nft lists it. */
export function listChain({ name, hook, comment, rules }: Chain): NamedChain {
  const declaration = [
    ...commentLine(comment),
    ...(hook === undefined
      ? []
      : [`type filter hook ${hook.hook} priority ${hook.priority}; policy accept;`]),
  ];
  return [name, { declaration, rules: rules.map(ruleText) }];
}

function timeoutText(seconds: number | undefined): string {
  return seconds === undefined ? "" : ` timeout ${formatSeconds(seconds)}`;
}

/** As nft prints a time: `1d2h`, `5s`. */
function formatSeconds(seconds: number): string {
  const units = [["d", 86_400], ["h", 3600], ["m", 60], ["s", 1]] as const;
  let rest = seconds;
  return units.map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count === 0 ? "" : `${count}${unit}`;
  }).join("");
}

function commentLine(comment: string | undefined): readonly string[] {
  return comment === undefined ? [] : [`comment "${comment}"`];
}

function commentText(comment: string | undefined): string {
  return comment === undefined ? "" : ` comment "${comment}"`;
}
