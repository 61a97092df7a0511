// This module is pure.

/** A thing and its name. */
export type Named<T> = readonly [name: string, thing: T];

/** The names of a list, and where each stands. */
interface Order {
  readonly names: readonly string[];
  readonly places: ReadonlyMap<string, number>;
}

/**
 * Things by name, in an order. A list in which some are others has the same names, and says so: it
 * is made, and compared with what it was, without a look at these.
 */
export class NamedList<T> implements ReadonlyMap<string, T> {
  readonly #order: Order;
  readonly #things: readonly T[];

  private constructor(order: Order, things: readonly T[]) {
    this.#order = order;
    this.#things = things;
  }

  /**
   * A list of things, each of which has a name of its own.
   *
   * @param before Where that has the same names, in this order, the two can be compared quickly.
   */
  static of<T>(named: readonly Named<T>[], before?: NamedList<T>): NamedList<T> {
    const names = named.map(([name]) => name);
    const things = named.map(([, thing]) => thing);
    const order = before === undefined ? undefined : before.#order;
    const isSame = names.length === order?.names.length &&
      names.every((name, i) => name === order.names[i]);
    if (isSame) return new NamedList(order, things);
    const places = new Map(names.map((name, place) => [name, place]));
    return new NamedList({ names, places }, things);
  }

  /** The list in which these are others; all their names are there. */
  with(changed: readonly Named<T>[]): NamedList<T> {
    if (changed.length === 0) return this;
    const things = this.#things.slice();
    for (const [name, thing] of changed) {
      const place = this.#order.places.get(name);
      if (place === undefined) throw new Error(`Cannot change "${name}": it is not there`);
      things[place] = thing;
    }
    return new NamedList(this.#order, things);
  }

  /** The names of what is another thing in another list; undefined: it may have other names. */
  changedIn(other: NamedList<T>): readonly string[] | undefined {
    if (this.#order !== other.#order) return undefined;
    return this.#order.names.filter((_, i) => this.#things[i] !== other.#things[i]);
  }

  /** How many there are. */
  get size(): number {
    return this.#things.length;
  }

  /** Whether there is one of that name. */
  has(name: string): boolean {
    return this.#order.places.has(name);
  }

  /** The one of that name; undefined where there is none. */
  get(name: string): T | undefined {
    const place = this.#order.places.get(name);
    return place === undefined ? undefined : this.#things[place];
  }

  /** Calls for each thing. */
  forEach(call: (thing: T, name: string, map: ReadonlyMap<string, T>) => void): void {
    for (const [name, thing] of this.entries()) call(thing, name, this);
  }

  /** Each name, and its thing. */
  *entries(): MapIterator<[string, T]> {
    for (const [i, name] of this.#order.names.entries()) yield [name, this.#things[i]!];
  }

  /** The names in order. */
  keys(): MapIterator<string> {
    return this.#order.names.values();
  }

  /** The things in order. */
  values(): MapIterator<T> {
    return this.#things.values();
  }

  /** As `entries`. */
  [Symbol.iterator](): MapIterator<[string, T]> {
    return this.entries();
  }
}
