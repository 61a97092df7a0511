// This module is pure.

/** Values by key, and as a list in the order of their keys that is the same list while they are. */
export class SortedTable<V> {
  readonly #values = new Map<string, V>();
  #keys: readonly string[] | undefined = [];
  #list: readonly V[] | undefined = [];

  /** The value of a key. */
  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** The values in the order of their keys, as text. */
  get list(): readonly V[] {
    this.#keys ??= [...this.#values.keys()].sort();
    this.#list ??= this.#keys.map((key) => this.#values.get(key)!);
    return this.#list;
  }

  /** Gives a key a value. */
  set(key: string, value: V): void {
    const before = this.#values.get(key);
    if (before === value) return;
    if (before === undefined) this.#keys = undefined;
    this.#list = undefined;
    this.#values.set(key, value);
  }

  /** Takes a key out. */
  delete(key: string): void {
    if (this.#values.delete(key)) this.#keys = this.#list = undefined;
  }
}
