// This module is pure.
import type { NamedPort } from "../model/cluster.ts";
import type { AddressRange } from "../model/address_range.ts";
import type { Labels, LabelSelector } from "../model/labels.ts";
import { isSame } from "../model/same.ts";

/**
 * Keeps one copy of values that repeat across objects: the pods of a deployment share their
 * labels, those of a node its name, and 150,000 of them have to fit. What is not asked for during
 * two generations is forgotten, so that values that never repeat cost a bounded amount.
 */
class Interner<Key, Value> {
  readonly #generationSize: number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  /** `generationSize` values at least are remembered, and twice as many at most. */
  constructor(generationSize: number) {
    this.#generationSize = generationSize;
  }

  /** The copy that is kept under `key`, if there is one. */
  find(key: Key): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const old = this.#old.get(key);
    return old === undefined ? undefined : this.keep(key, old);
  }

  /** Keeps a copy, and gives it back. */
  keep(key: Key, value: Value): Value {
    if (this.#young.size >= this.#generationSize) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }
}

const strings = new Interner<string, string>(20_000);
/** By hash. In a list the pods of one deployment stand far apart: so many others are between them. */
const labels = new Interner<number, Labels>(50_000);
const ports = new Interner<string, readonly NamedPort[]>(10_000);
const selectors = new Interner<string, LabelSelector>(10_000);
const blocks = new Interner<string, AddressRange>(10_000);

/**
 * The one copy of a text that repeats: label keys and values, nodes, namespaces, ports. Names and
 * UIDs do not repeat. (None of them keeps its line of JSON in memory: `JSON.parse` copies.)
 */
export function intern(text: string): string {
  return strings.find(text) ?? strings.keep(text, text);
}

/** The one copy of labels that read alike, but for the rare ones whose hash is another's. */
export function internLabels(own: Labels): Labels {
  let hash = 0x811c9dc5;
  for (const key in own) hash = hashText(own[key]!, hashText(key, hash));
  const known = labels.find(hash);
  if (known !== undefined && isSame(known, own)) return known;
  const entries = Object.entries(own);
  return labels.keep(
    hash,
    Object.fromEntries(entries.map(([key, value]) => [intern(key), intern(value)])),
  );
}

/** FNV-1a, of some text and what was before it. */
function hashText(text: string, before: number): number {
  let hash = before;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** The one copy of named ports that read alike: the pods of a deployment declare the same ones. */
export function internPorts(list: readonly NamedPort[]): readonly NamedPort[] {
  const key = list.map(({ name, protocol, port }) => `${name}/${protocol}/${port}`).join(",");
  return ports.find(key) ?? ports.keep(key, exact(list));
}

/** The one copy of a selector that reads like this: policies select the same apps again and again. */
export function internSelector(text: string, selector: LabelSelector): LabelSelector {
  return selectors.find(text) ?? selectors.keep(text, exact(selector));
}

/** The one copy of a block that is written like this. */
export function internBlock(text: string, block: AddressRange): AddressRange {
  return blocks.find(text) ?? blocks.keep(text, block);
}

/**
 * The same list with room for what is in it and nothing more: one that has grown item by item has
 * room for seventeen, and there are as many lists as pods.
 */
export function exact<Item>(list: readonly Item[]): readonly Item[] {
  return list.slice();
}
