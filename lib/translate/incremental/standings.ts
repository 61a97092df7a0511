// This module is pure.
import { familyOf, forEachFamily, type IpAddress } from "../../model/address.ts";
import type { KnownName } from "../../model/known_name.ts";
import type { CurrentItem, FormerItem } from "../../model/named_item.ts";
import type { NameSet } from "../../model/peer_sets.ts";
import { addressesOf, type NameEntry, type Standing, standingOf } from "../name_set.ts";
import { changePieces } from "./piece_list.ts";

const nowhere: Standing = { current: undefined, former: undefined };
const unknown: KnownName = { current: new Map(), former: new Map() };

/** What a set of named addresses has of each address, kept as more is known of its names. */
export class Standings {
  readonly #known = new Map<string, KnownName>();
  /** address -> the names of which it is known. */
  readonly #names = new Map<IpAddress, Set<string>>();
  /** address -> what the set was last told of it. */
  readonly #told = new Map<IpAddress, Standing>();
  readonly #doubtful = new Set<IpAddress>();

  /** Takes what is known of a name by now; undefined: nothing any more. */
  set(name: string, known: KnownName | undefined): void {
    const before = this.#known.get(name) ?? unknown;
    const after = known ?? unknown;
    if (known === undefined) this.#known.delete(name);
    else this.#known.set(name, known);
    for (const address of addressesOf(before).union(addressesOf(after))) {
      const isSame = before.current.get(address) === after.current.get(address) &&
        before.former.get(address) === after.former.get(address);
      if (!isSame) this.#doubt(address, name, isOf(address, after));
    }
  }

  /** Brings a set up to date: the same object where nothing in it is otherwise. */
  change(set: NameSet): NameSet {
    const current = forEachFamily((): CurrentItem[] => []);
    const former = forEachFamily((): FormerItem[] => []);
    for (const address of this.#doubtful) {
      const before = this.#told.get(address) ?? nowhere;
      const now = standingOf(address, this.#entriesOf(address));
      current[familyOf(address)].push(...turned(before.current, now.current));
      former[familyOf(address)].push(...turned(before.former, now.former));
      if (this.#names.has(address)) this.#told.set(address, now);
      else this.#told.delete(address);
    }
    this.#doubtful.clear();
    const isSame = [current, former].every(({ IPv4, IPv6 }) => IPv4.length + IPv6.length === 0);
    if (isSame) return set;
    return {
      ...set,
      current: forEachFamily((family) => changePieces(set.current[family], current[family])),
      former: forEachFamily((family) => changePieces(set.former[family], former[family])),
    };
  }

  #doubt(address: IpAddress, name: string, isOfName: boolean): void {
    this.#doubtful.add(address);
    const names = this.#names.getOrInsertComputed(address, () => new Set());
    if (isOfName) names.add(name);
    else names.delete(name);
    if (names.size === 0) this.#names.delete(address);
  }

  *#entriesOf(address: IpAddress): Iterable<NameEntry> {
    for (const name of this.#names.get(address) ?? []) {
      const known = this.#known.get(name);
      if (known !== undefined) yield [name, known];
    }
  }
}

function isOf(address: IpAddress, { current, former }: KnownName): boolean {
  return current.has(address) || former.has(address);
}

/** The items that one of two lists has and the other has not. */
function turned<T>(before: T | undefined, now: T | undefined): readonly T[] {
  return before === now ? [] : [before, now].filter((item) => item !== undefined);
}
