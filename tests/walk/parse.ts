import type { ListedChain, ListedSet, Listing } from "../../lib/model/listing.ts";
import type { Keeping, NftSet, SetElement, SetType } from "../../lib/model/nft_set.ts";
import {
  type Chain,
  type Hook,
  type MapElement,
  mapSize,
  type Ruleset,
  type VerdictMap,
} from "../../lib/model/ruleset.ts";
import { parseRule, parseVerdict } from "./parse_rule.ts";

/**
 * Reads a table's text back into what it means, by other means than it was printed with: so that
 * a packet can be walked through the very words that the kernel is told.
 */
export function parseRuleset(listing: Listing): Ruleset {
  const sets = new Map<string, NftSet>();
  const maps = new Map<string, VerdictMap>();
  for (const [name, set] of listing.sets) {
    if (set.kind === "set") sets.set(name, parseSet(name, set));
    else maps.set(name, parseMap(name, set));
  }
  const chains = new Map<string, Chain>();
  for (const [name, chain] of listing.chains) chains.set(name, parseChain(name, chain));
  return { sets, maps, chains };
}

function parseSet(name: string, { declaration, elements }: ListedSet): NftSet {
  const { type, comment, keeping } = parseDeclaration(name, declaration, elements.size);
  const content = new Map<string, SetElement>();
  for (const [key, text] of elements) {
    const { rest, seconds, comment } = splitElement(key, text);
    if (rest !== "") throw new Error(`Cannot read ${name}: element "${text}"`);
    content.set(key, { seconds, comment });
  }
  return { name, typeof: type as SetType, keeping, comment, elements: content };
}

/** Flags and what goes with them, as they are declared. */
const keepings: Readonly<Record<string, Keeping>> = {
  "": "plain",
  "flags interval": "interval",
  "flags timeout": "leased",
  "size 65535, flags dynamic,timeout, timeout 5d": "dynamic",
  "size 65535, flags dynamic,timeout, timeout 3m": "brief",
  "size 65535, flags dynamic,timeout, timeout 5m": "watched",
};

function parseMap(name: string, { declaration, elements }: ListedSet): VerdictMap {
  const isOfPorts = declaration.includes("typeof th dport : verdict");
  const size = isOfPorts ? elements.size : mapSize;
  const { type, comment, keeping: said } = parseDeclaration(name, declaration, size);
  const [, key] = /^(ip6? saddr|iifname|th dport) : verdict$/.exec(type) ?? [];
  const keeping = said === "fixed" && !isOfPorts ? "plain" : said;
  if (key === undefined || !isMapKeeping(keeping) || isOfPorts !== (keeping !== "plain")) {
    throw new Error(`Cannot read map ${name}: ${type}`);
  }
  const content = new Map<string, MapElement>();
  for (const [key, text] of elements) {
    const { rest, comment } = splitElement(key, text);
    const verdict = parseVerdict(rest.replace(/^ : /, ""), text);
    if (verdict.kind !== "jump" && verdict.kind !== "goto") throw new Error(`Cannot read ${text}`);
    content.set(key, { verdict, comment });
  }
  return { name, typeof: key as VerdictMap["typeof"], keeping, comment, elements: content };
}

function isMapKeeping(keeping: Keeping): keeping is VerdictMap["keeping"] {
  return keeping === "plain" || keeping === "fixed" || keeping === "interval";
}

interface Declaration {
  readonly type: string;
  readonly comment: string | undefined;
  readonly keeping: Keeping;
}

/** `size` is what a size that is declared must be. */
function parseDeclaration(name: string, lines: readonly string[], size: number): Declaration {
  const [type, ...more] = valuesOf(lines, /^typeof (.*)$/);
  const [comment] = valuesOf(lines, /^comment "([^"]*)"$/);
  const others = lines.filter((line) => !/^(?:typeof|comment) /.test(line));
  const said = others.join(", ");
  const keeping = said === `size ${size}` ? "fixed" : keepings[said];
  if (type === undefined || more.length > 0 || keeping === undefined) {
    throw new Error(`Cannot read ${name}: declared as ${lines.join("; ")}`);
  }
  return { type, comment, keeping };
}

function valuesOf(lines: readonly string[], pattern: RegExp): readonly string[] {
  return lines.flatMap((line) => pattern.exec(line)?.slice(1) ?? []);
}

/** What an element says of its key. */
interface Said extends SetElement {
  /** What stands behind it all. */
  readonly rest: string;
}

/** `KEY timeout 1m5s comment "…" : jump CHAIN`. */
function splitElement(key: string, text: string): Said {
  if (!text.startsWith(key)) throw new Error(`Cannot read element "${text}": its key is "${key}"`);
  const pattern = /^(?: timeout ([0-9dhms]+))?(?: comment "([^"]*)")?(.*)$/;
  const [, timeout, comment, rest] = pattern.exec(text.slice(key.length)) ?? [];
  const seconds = timeout === undefined ? undefined : parseSeconds(timeout);
  return { rest: rest ?? "", seconds, comment };
}

const unitSeconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

function parseSeconds(text: string): number {
  return [...text.matchAll(/(\d+)([dhms])/g)]
    .reduce((sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ""] ?? NaN), 0);
}

function parseChain(name: string, { declaration, rules }: ListedChain): Chain {
  const [comment] = valuesOf(declaration, /^comment "([^"]*)"$/);
  const hooks = declaration.flatMap((line): readonly Hook[] => {
    const [, hook, priority] =
      /^type filter hook (prerouting|forward|input|output) priority ([^;]+); policy accept;$/.exec(
        line,
      ) ?? [];
    return hook === undefined || priority === undefined
      ? []
      : [{ hook: hook as Hook["hook"], priority }];
  });
  const [hook, ...more] = hooks;
  if (hooks.length + (comment === undefined ? 0 : 1) !== declaration.length || more.length > 0) {
    throw new Error(`Cannot read chain ${name}: declared as ${declaration.join("; ")}`);
  }
  return { name, hook, comment, rules: rules.map(parseRule) };
}
