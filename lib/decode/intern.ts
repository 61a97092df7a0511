// This module is pure.
import type { Labels } from "../model/labels.ts";

/**
 * Keeps one copy of values that repeat across objects: the pods of a deployment share their
 * labels, those of a node its name, and 150,000 of them have to fit. What is not asked for during
 * two generations is forgotten, so that values that never repeat cost a bounded amount.
 */
class Interner<Value> {
  readonly #generationSize = 20_000;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** The copy that is kept under `key`, if there is one. */
  find(key: string): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const old = this.#old.get(key);
    return old === undefined ? undefined : this.keep(key, old);
  }

  /** Keeps a copy, and gives it back. */
  keep(key: string, value: Value): Value {
    if (this.#young.size >= this.#generationSize) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }
}

const strings = new Interner<string>();
const labels = new Interner<Labels>();

/**
 * The one copy of a text that repeats: label keys and values, nodes, namespaces, ports. Names and
 * UIDs do not repeat. (None of them keeps its line of JSON in memory: `JSON.parse` copies.)
 */
export function intern(text: string): string {
  return strings.find(text) ?? strings.keep(text, text);
}

/** The one copy of labels that read alike. */
export function internLabels(entries: readonly (readonly [string, string])[]): Labels {
  let key = ""; // lengths and not separators: labels in a file may hold any character
  for (const [name, value] of entries) key += `${name.length} ${name}${value.length} ${value}`;
  const known = labels.find(key);
  if (known !== undefined) return known;
  return labels.keep(key, new Map(entries.map(([name, value]) => [intern(name), intern(value)])));
}
