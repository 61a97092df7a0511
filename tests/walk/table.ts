import type { Jump, Match, Rule, Verdict } from "../../lib/model/nft_rule.ts";
import type { Hook, Ruleset, VerdictMap } from "../../lib/model/ruleset.ts";
import {
  checkType,
  connectionId,
  type KeyPart,
  loadAddress,
  loadMapKey,
  loadMatch,
  type Predicate,
} from "./match.ts";
import {
  type Component,
  type LoadedSet,
  loadHashSet,
  loadIntervalSet,
  loadPorts,
  typeComponents,
} from "./set.ts";

/** How many calls the kernel lets follow on each other. */
const maximumDepth = 16;

/** A ruleset that the kernel would take, ready for packets. */
export interface Table {
  /** By name. */
  readonly chains: ReadonlyMap<string, LoadedChain>;
}

/** A chain whose rules are known in every form. */
export interface LoadedChain {
  readonly name: string;
  readonly hook: Hook | undefined;
  readonly rules: readonly LoadedRule[];
}

/** A rule: where every predicate holds, its verdict follows. */
export interface LoadedRule {
  readonly predicates: readonly Predicate[];
  /** Undefined: the next rule. */
  readonly verdict: LoadedVerdict | undefined;
}

/** A verdict whose map is at hand. */
export type LoadedVerdict =
  | Exclude<Verdict, { readonly kind: "vmap" }>
  | { readonly kind: "vmap"; readonly key: KeyPart; readonly map: LoadedMap };

/** A map as the kernel holds it. */
export interface LoadedMap {
  readonly components: readonly Component[];
  /** Where its elements lead. */
  readonly targets: readonly Jump[];
  /** Where a key's element leads; undefined where there is none. */
  find(key: string): Jump | undefined;
}

/** Loads a ruleset; throws on everything that is not known, or that the kernel would refuse. */
export function loadTable(ruleset: Ruleset): Table {
  const sets = new Map<string, LoadedSet>();
  for (const [name, set] of ruleset.sets) {
    checkObject(name, set);
    for (const { comment } of set.elements.values()) checkComment(name, comment);
    const load = set.keeping === "interval" ? loadIntervalSet : loadHashSet;
    sets.set(name, load(set.typeof, set.elements.keys()));
  }
  const maps = new Map<string, LoadedMap>();
  for (const [name, map] of ruleset.maps) {
    if (sets.has(name)) throw new Error(`Cannot load map ${name}: a set has its name`);
    checkObject(name, map);
    maps.set(name, loadMap(map));
  }
  const chains = new Map<string, LoadedChain>();
  for (const [name, chain] of ruleset.chains) {
    checkObject(name, chain);
    const rules = chain.rules.map((rule) => loadRule(rule, sets, maps));
    chains.set(name, { name, hook: chain.hook, rules });
  }
  checkJumps(chains, maps);
  return { chains };
}

function loadMap(map: VerdictMap): LoadedMap {
  const elements = new Map<string, Jump>();
  for (const [key, { verdict, comment }] of map.elements) {
    checkComment(map.name, comment);
    if (verdict.kind !== "jump" && verdict.kind !== "goto") {
      throw new Error(`Cannot load map ${map.name}: verdict ${JSON.stringify(verdict)}`);
    }
    elements.set(key, verdict);
  }
  const load = map.keeping === "interval" ? loadIntervalSet : loadHashSet;
  load(map.typeof, elements.keys()); // throws where a key is not of the type, or overlaps another
  const find = map.keeping === "interval" ? finder(elements) : (key: string) => elements.get(key);
  return { components: typeComponents(map.typeof), targets: [...elements.values()], find };
}

function finder(elements: ReadonlyMap<string, Jump>): LoadedMap["find"] {
  const ranges = [...elements].map(([text, target]) => ({ ports: loadPorts(text), target }));
  return (port) => ranges.find(({ ports }) => ports.has([port]))?.target;
}

function loadRule(
  rule: Rule,
  sets: ReadonlyMap<string, LoadedSet>,
  maps: ReadonlyMap<string, LoadedMap>,
): LoadedRule {
  checkComment("rule", rule.comment);
  const predicates = rule.matches.map((match, index) =>
    loadMatch(match, { sets, previous: rule.matches[index - 1] })
  );
  if (rule.update !== undefined) { // what it adds is there anyway, or will be when it is asked for
    const set = sets.get(rule.update.set);
    if (set === undefined) throw new Error(`Cannot load rule: no set "${rule.update.set}"`);
    const { key } = rule.update;
    checkType([key === "ct id" ? connectionId : loadAddress(key)], set.components);
  }
  const verdict = rule.verdict &&
    loadVerdict(rule.verdict, { maps, previous: rule.matches.at(-1) });
  return { predicates, verdict };
}

interface VerdictContext {
  readonly maps: ReadonlyMap<string, LoadedMap>;
  /** The match to its left. */
  readonly previous: Match | undefined;
}

function loadVerdict(verdict: Verdict, { maps, previous }: VerdictContext): LoadedVerdict {
  switch (verdict.kind) {
    case "accept":
    case "drop":
    case "return":
    case "jump":
    case "goto":
      return verdict;
    case "vmap": {
      const map = maps.get(verdict.map);
      if (map === undefined) throw new Error(`Cannot load rule: map "${verdict.map}" is not there`);
      const key = loadMapKey(verdict.key, previous);
      checkType([key], map.components);
      return { kind: "vmap", key, map };
    }
    default:
      verdict satisfies never;
      throw new Error(`Cannot load rule: verdict ${JSON.stringify(verdict)} is not known`);
  }
}

/** nft's rules for names and comments. */
function checkObject(
  name: string,
  object: { readonly name: string; readonly comment: string | undefined },
): void {
  if (object.name !== name) throw new Error(`Cannot load ${name}: it calls itself ${object.name}`);
  if (!/^[A-Za-z][A-Za-z0-9/._-]{0,254}$/.test(name)) {
    throw new Error(`Cannot load "${name}": it is no name`);
  }
  checkComment(name, object.comment);
}

function checkComment(name: string, comment: string | undefined): void {
  if (comment === undefined) return;
  const bytes = new TextEncoder().encode(comment).length;
  if (bytes > 128 || bytes === 0 || !/^[\x20-\x7e]*$/.test(comment) || /["\\]/.test(comment)) {
    throw new Error(`Cannot load ${name}: comment ${JSON.stringify(comment)} is refused`);
  }
}

/** Like the kernel, refuses jumps to nowhere, loops, and calls that go too deep. */
function checkJumps(
  chains: ReadonlyMap<string, LoadedChain>,
  maps: ReadonlyMap<string, LoadedMap>,
): void {
  const targets = [...maps.values()].flatMap(({ targets }) => targets);
  for (const { chain } of targets) depthOf(chain, chains, []);
  for (const { name } of chains.values()) depthOf(name, chains, []);
}

function depthOf(
  name: string,
  chains: ReadonlyMap<string, LoadedChain>,
  above: readonly string[],
): void {
  const chain = chains.get(name);
  if (chain === undefined) throw new Error(`Cannot load: chain "${name}" is not there`);
  if (above.includes(name)) throw new Error(`Cannot load: chain "${name}" comes back to itself`);
  if (above.length > 0 && chain.hook) throw new Error(`Cannot load: jump to base chain "${name}"`);
  if (above.length > maximumDepth) {
    throw new Error(`Cannot load: calls go deeper than ${maximumDepth}: ${above.join(" > ")}`);
  }
  for (const { verdict } of chain.rules) {
    for (const target of verdict === undefined ? [] : targetsOf(verdict)) {
      depthOf(target, chains, [...above, name]);
    }
  }
}

function targetsOf(verdict: LoadedVerdict): readonly string[] {
  if (verdict.kind === "jump" || verdict.kind === "goto") return [verdict.chain];
  if (verdict.kind !== "vmap") return [];
  return [...new Set(verdict.map.targets.map(({ chain }) => chain))];
}
