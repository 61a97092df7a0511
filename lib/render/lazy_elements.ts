// This module is pure.

/** The elements of a set, made when somebody looks at them. */
export class LazyElements implements ReadonlyMap<string, string> {
  readonly #make: () => ReadonlyMap<string, string>;
  #made: ReadonlyMap<string, string> | undefined;

  /** What is made must be the same whenever that is. */
  constructor(make: () => ReadonlyMap<string, string>) {
    this.#make = make;
  }

  /** How many there are. */
  get size(): number {
    return this.#elements.size;
  }

  /** Tells whether there is a key. */
  has(key: string): boolean {
    return this.#elements.has(key);
  }

  /** The element of a key. */
  get(key: string): string | undefined {
    return this.#elements.get(key);
  }

  /** Calls for each element. */
  forEach(call: (value: string, key: string, map: ReadonlyMap<string, string>) => void): void {
    for (const [key, element] of this.#elements) call(element, key, this);
  }

  /** Each key, and its element. */
  entries(): MapIterator<[string, string]> {
    return this.#elements.entries();
  }

  /** The keys in order. */
  keys(): MapIterator<string> {
    return this.#elements.keys();
  }

  /** The elements in order. */
  values(): MapIterator<string> {
    return this.#elements.values();
  }

  /** As `entries`. */
  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }

  get #elements(): ReadonlyMap<string, string> {
    this.#made ??= this.#make();
    return this.#made;
  }
}
