// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { DomainName } from "../model/cluster_network_policy.ts";
import {
  formatDomainName,
  isMeant,
  type KnownName,
  type NamedAddress,
} from "../model/known_name.ts";

/** What an answer says of one name. */
export interface NameAnswer {
  /** In lower case, without a dot at its end. */
  readonly name: string;
  /** The addresses that it stands for. */
  readonly addresses: readonly IpAddress[];
  /** For how long, in s. */
  readonly seconds: number;
}

/** Below this a pod would hardly come to use what it was told; above it nothing is believed. */
const leastSeconds = 5;
const mostSeconds = 86_400;

/** An answer that makes a time longer by no more than this is no news. */
const tolerance = 1000;

/** How much is remembered; what comes on top of it is not believed, and counted. */
const mostNames = 20_000;
const mostAddresses = 1000;

/**
 * What DNS answers have told of the names that rules mean (CNP-14). An address is current for as
 * long as it was told, and after that a former one.
 */
export class Names {
  readonly #names = new Map<string, KnownName>();
  readonly #changed: (name: string) => void;
  #wanted: readonly DomainName[] | undefined;
  #wantedText = "";
  #nextEnd: number | undefined;
  #refused = 0;

  /**
   * Nothing is known yet.
   *
   * @param changed Called with each name of which something else is known.
   */
  constructor(changed: (name: string) => void = () => {}) {
    this.#changed = changed;
  }

  /** name -> what is known of it; a record is another object whenever it changes. */
  get byName(): ReadonlyMap<string, KnownName> {
    return this.#names;
  }

  /** When the first address is to be no longer current, in ms since the epoch. */
  get nextEnd(): number | undefined {
    this.#nextEnd ??= this.#firstEnd();
    return this.#nextEnd === Infinity ? undefined : this.#nextEnd;
  }

  /** How many addresses were not taken, as there were too many. */
  get refused(): number {
    return this.#refused;
  }

  /** Says which names are of interest; before that all are. What is known of others is forgotten. */
  want(names: readonly DomainName[]): void {
    const text = names.map(formatDomainName).join(" ");
    if (this.#wanted !== undefined && text === this.#wantedText) return;
    this.#wanted = names;
    this.#wantedText = text;
    for (const name of this.#names.keys()) if (!this.isWanted(name)) this.#set(name, undefined);
    this.#nextEnd = undefined;
  }

  /** Tells whether a name is of interest. */
  isWanted(name: string): boolean {
    return this.#wanted?.some((domain) => isMeant(name, domain)) ?? true;
  }

  /**
   * Takes an answer.
   *
   * @param now In ms since the epoch.
   * @returns whether it tells anything that was not known.
   */
  learn({ name, addresses, seconds: told }: NameAnswer, now: number): boolean {
    const seconds = Math.min(Math.max(Math.ceil(told), leastSeconds), mostSeconds);
    const until = Math.ceil(now / 1000 + seconds) * 1000;
    return this.#add(name, addresses.map((address) => ({ address, seconds, until })));
  }

  /** Takes what an earlier agent knew. */
  restore(name: string, address: NamedAddress): void {
    this.#add(name, [address]);
  }

  /** Makes former what is current no longer; tells whether there was any. */
  expire(now: number): boolean {
    if ((this.nextEnd ?? Infinity) > now) return false;
    for (const [name, { current, former }] of this.#names) {
      const over = [...current.values()].filter(({ until }) => until <= now);
      if (over.length === 0) continue;
      const addresses = over.map(({ address }) => address);
      const rest = new Map(current);
      for (const address of addresses) rest.delete(address);
      const earlier = [...former].filter((address) => !addresses.includes(address));
      const remembered = [...earlier, ...addresses].slice(-mostAddresses);
      this.#set(name, { current: rest, former: new Set(remembered) });
    }
    this.#nextEnd = undefined;
    return true;
  }

  #add(name: string, addresses: readonly NamedAddress[]): boolean {
    const known = this.#names.get(name);
    if (!this.isWanted(name) || (known === undefined && this.#names.size >= mostNames)) {
      if (this.isWanted(name)) this.#refused += addresses.length;
      return false;
    }
    const current = new Map(known?.current);
    let isNews = false;
    for (const named of addresses) {
      const other = current.get(named.address);
      if (other !== undefined && named.until <= other.until + tolerance) continue;
      if (other === undefined && current.size >= mostAddresses) {
        this.#refused++;
        continue;
      }
      current.set(named.address, named);
      isNews = true;
    }
    if (!isNews) return false;
    this.#set(name, { current, former: known?.former ?? new Set() });
    this.#nextEnd = undefined;
    return true;
  }

  #set(name: string, known: KnownName | undefined): void {
    if (known === undefined) this.#names.delete(name);
    else this.#names.set(name, known);
    this.#changed(name);
  }

  #firstEnd(): number {
    let first = Infinity;
    for (const { current } of this.#names.values()) {
      for (const { until } of current.values()) first = Math.min(first, until);
    }
    return first;
  }
}
