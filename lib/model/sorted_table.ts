// This module is pure.
import { placeOf } from "./pieces.ts";

/** Values by key, and as a list in the order of their keys that is the same list while they are. */
export class SortedTable<V extends object> {
  readonly #values = new Map<string, V>();
  /** Those of the list, in its order. */
  readonly #keys: string[] = [];
  #list: readonly V[] = [];
  /** Keys that may have another value than in the list, or none. */
  readonly #touched = new Set<string>();

  /** The value of a key. */
  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** The values in the order of their keys, as text. */
  get list(): readonly V[] {
    if (this.#touched.size === 0) return this.#list;
    const list = this.#list.slice();
    let isSame = true;
    for (const key of [...this.#touched].sort()) {
      const place = placeOf(this.#keys, key);
      const before = this.#keys[place] === key ? list[place] : undefined;
      const after = this.#values.get(key);
      if (before === after) continue;
      isSame = false;
      const gone = before === undefined ? 0 : 1;
      this.#keys.splice(place, gone, ...(after === undefined ? [] : [key]));
      list.splice(place, gone, ...(after === undefined ? [] : [after]));
    }
    this.#touched.clear();
    if (!isSame) this.#list = list;
    return this.#list;
  }

  /** Gives a key a value. */
  set(key: string, value: V): void {
    if (this.#values.get(key) === value) return;
    this.#values.set(key, value);
    this.#touched.add(key);
  }

  /** Takes a key out. */
  delete(key: string): void {
    if (this.#values.delete(key)) this.#touched.add(key);
  }
}
