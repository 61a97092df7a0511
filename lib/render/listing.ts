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
  for (const [key, { seconds, comment }] of set.elements) {
    elements.set(key, `${key}${timeoutText(seconds)}${commentText(comment)}`);
  }
  return {
    kind: "set",
    declaration: [
      `typeof ${set.typeof}`,
      ...keepingLines[set.keeping],
      ...commentLine(set.comment),
    ],
    elements,
  };
}

/** An idle TCP connection is remembered for five days: so long its address is, too. */
const keepingLines: Readonly<Record<NftSet["keeping"], readonly string[]>> = {
  plain: [],
  interval: ["flags interval"],
  leased: ["flags timeout"],
  dynamic: ["size 65535", "flags dynamic,timeout", "timeout 5d"],
};

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
