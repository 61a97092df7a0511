import type { ListedChain, ListedSet, Listing } from "../../lib/model/listing.ts";
import type {
  Chain,
  Hook,
  MapElement,
  NftSet,
  Ruleset,
  SetType,
  VerdictMap,
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
  const { type, comment, flags } = parseDeclaration(name, declaration);
  if (flags !== undefined && flags !== "interval") throw new Error(`Cannot read ${name}: ${flags}`);
  const content = new Map<string, string | undefined>();
  for (const [key, text] of elements) {
    const { rest, comment } = splitElement(key, text);
    if (rest !== "") throw new Error(`Cannot read ${name}: element "${text}"`);
    content.set(key, comment);
  }
  const interval = flags === "interval";
  return { name, typeof: type as SetType, interval, comment, elements: content };
}

function parseMap(name: string, { declaration, elements }: ListedSet): VerdictMap {
  const { type, comment, flags } = parseDeclaration(name, declaration);
  const [, key] = /^(ip6? saddr) : verdict$/.exec(type) ?? [];
  if (key === undefined || flags !== undefined) throw new Error(`Cannot read map ${name}: ${type}`);
  const content = new Map<string, MapElement>();
  for (const [key, text] of elements) {
    const { rest, comment } = splitElement(key, text);
    const verdict = parseVerdict(rest.replace(/^ : /, ""), text);
    if (verdict.kind !== "jump" && verdict.kind !== "goto") throw new Error(`Cannot read ${text}`);
    content.set(key, { verdict, comment });
  }
  return { name, typeof: key as VerdictMap["typeof"], comment, elements: content };
}

interface Declaration {
  readonly type: string;
  readonly comment: string | undefined;
  readonly flags: string | undefined;
}

function parseDeclaration(name: string, lines: readonly string[]): Declaration {
  const [type, ...more] = valuesOf(lines, /^typeof (.*)$/);
  const [comment] = valuesOf(lines, /^comment "([^"]*)"$/);
  const [flags] = valuesOf(lines, /^flags (.*)$/);
  const known = [type, comment, flags].filter((value) => value !== undefined).length;
  if (type === undefined || more.length > 0 || known !== lines.length) {
    throw new Error(`Cannot read ${name}: declared as ${lines.join("; ")}`);
  }
  return { type, comment, flags };
}

function valuesOf(lines: readonly string[], pattern: RegExp): readonly string[] {
  return lines.flatMap((line) => pattern.exec(line)?.slice(1) ?? []);
}

/** `KEY comment "…" : jump CHAIN`: the comment, and what stands behind it. */
function splitElement(key: string, text: string): { rest: string; comment: string | undefined } {
  if (!text.startsWith(key)) throw new Error(`Cannot read element "${text}": its key is "${key}"`);
  const [, comment, rest] = /^(?: comment "([^"]*)")?(.*)$/.exec(text.slice(key.length)) ?? [];
  return { rest: rest ?? "", comment };
}

function parseChain(name: string, { declaration, rules }: ListedChain): Chain {
  const [comment] = valuesOf(declaration, /^comment "([^"]*)"$/);
  const hooks = declaration.flatMap((line): readonly Hook[] => {
    const [, hook, priority] =
      /^type filter hook (forward|input|output) priority ([^;]+); policy accept;$/.exec(line) ?? [];
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
