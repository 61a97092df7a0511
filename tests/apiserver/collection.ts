import type { FieldSelector } from "./field_selector.ts";
import type { ServedKind } from "./kinds.ts";
import type { Stored } from "./stored.ts";

/** Something that happened to an object. */
export interface Change {
  readonly version: number;
  readonly before: Stored | undefined;
  readonly after: Stored | undefined;
}

/** What one who watches with a selector is told of a change. */
export interface Told {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: Stored;
}

/** The objects of one kind, and the history that is remembered. */
export class Collection {
  readonly kind: ServedKind;
  readonly #objects = new Map<string, Stored>();
  readonly #history: Change[] = [];
  readonly #longest: number;
  readonly #listeners = new Set<(change: Change) => void>();
  #forgotten = 0;

  /** `longest` is how many changes are remembered. */
  constructor(kind: ServedKind, longest: number) {
    this.kind = kind;
    this.#longest = longest;
  }

  /** key -> object, as it is now. */
  get objects(): ReadonlyMap<string, Stored> {
    return this.#objects;
  }

  /** The last version of which what followed is not remembered as a whole. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Takes a change and tells all who listen. */
  apply(key: string, change: Change): void {
    if (change.after === undefined) this.#objects.delete(key);
    else this.#objects.set(key, change.after);
    this.#history.push(change);
    if (this.#history.length > 2 * this.#longest) this.#trim(this.#history.length - this.#longest);
    for (const listener of this.#listeners) listener(change);
  }

  /** What happened after a version. */
  since(version: number): readonly Change[] {
    const index = this.#history.findIndex((change) => change.version > version);
    return index < 0 ? [] : this.#history.slice(index);
  }

  /** Forgets everything up to a version. */
  compact(version: number): void {
    this.#trim(this.#history.filter((change) => change.version <= version).length);
    this.#forgotten = Math.max(this.#forgotten, version);
  }

  /** Tells a listener of every change from now on; returns how to end that. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #trim(count: number): void {
    const last = this.#history.splice(0, count).at(-1);
    if (last !== undefined) this.#forgotten = Math.max(this.#forgotten, last.version);
  }
}

/**
 * What a change is for one who sees only what a selector selects. An object that is selected no
 * more is told as deleted, as it was before.
 */
export function told({ version, before, after }: Change, selects: FieldSelector): Told | undefined {
  const was = before !== undefined && selects(before.fields);
  const is = after !== undefined && selects(after.fields);
  if (is) return { type: was ? "MODIFIED" : "ADDED", object: after };
  return was ? { type: "DELETED", object: before.at(version) } : undefined;
}
