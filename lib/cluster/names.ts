// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { DomainName } from "../model/cluster_network_policy.ts";
import {
  formatDomainName,
  isMeant,
  type KnownName,
  meansAll,
  type NamedAddress,
  type UsedAddresses,
} from "../model/known_name.ts";
import { Crowd } from "./crowd.ts";

/** What an answer says of one name. */
export interface NameAnswer {
  /** In lower case, without a dot at its end. */
  readonly name: string;
  /** The addresses that it stands for. */
  readonly addresses: readonly IpAddress[];
  /** For how long, in s. */
  readonly seconds: number;
}

/** Addresses that were not taken, or had to give way before their time, as there were too many. */
export interface Refused {
  /** How many, so far. */
  readonly count: number;
  /** When the last one was refused, in ms since the epoch; undefined: none was. */
  readonly lastAt: number | undefined;
}

/** Below this a pod would hardly come to use what it was told; above it nothing is believed. */
const leastSeconds = 5;
const mostSeconds = 86_400;

/** An answer that makes a time longer by no more than this is no news. */
const tolerance = 1000;

/** How much is remembered of a name; what comes on top of it is not believed, and counted. */
const mostAddresses = 1000;

/**
 * What DNS answers have told of the names that rules mean (CNP-14). An address is current for as
 * long as it was told, and after that a former one. Names that rules name themselves are all
 * remembered; of those that only wildcards mean there may be too many (`Crowd`).
 */
export class Names {
  /** The one that changed last is the last one. */
  readonly #names = new Map<string, KnownName>();
  readonly #changed: (name: string) => void;
  #wanted: readonly DomainName[] | undefined;
  #wantedText = "";
  /** Names that rules name themselves. */
  #exact: ReadonlySet<string> = new Set();
  #crowd = new Crowd([]);
  #nextEnd = Infinity;
  #used: readonly UsedAddresses[] = [];
  #refused: Refused = { count: 0, lastAt: undefined };

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

  /** Until when all addresses that are current stay so at the least, in ms since the epoch. */
  get nextEnd(): number | undefined {
    return this.#nextEnd === Infinity ? undefined : this.#nextEnd;
  }

  /** What was used in an earlier agent's time, as far as all the names are still of interest. */
  get used(): readonly UsedAddresses[] {
    return this.#used;
  }

  /** What was not taken, as there was too much. */
  get refused(): Refused {
    return this.#refused;
  }

  /** Says which names are of interest; before that all are. What is known of others is forgotten. */
  want(names: readonly DomainName[]): void {
    const text = names.map(formatDomainName).join(" ");
    if (this.#wanted !== undefined && text === this.#wantedText) return;
    this.#wanted = names;
    this.#wantedText = text;
    for (const name of this.#names.keys()) if (!this.isWanted(name)) this.#set(name, undefined);
    this.#used = this.#used.filter((used) => meansAll(names, used.names));
    this.#exact = new Set(names.filter(({ wildcard }) => !wildcard).map(({ name }) => name));
    this.#crowd = new Crowd(names.filter(({ wildcard }) => wildcard));
    for (const [name, known] of this.#names) this.#place(name, known);
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
    return this.#add(name, addresses.map((address) => ({ address, seconds, until })), now);
  }

  /** Takes what an earlier agent knew. */
  restore(name: string, address: NamedAddress): void {
    this.#add(name, [address], address.until - address.seconds * 1000);
  }

  /** Takes what was used in an earlier agent's time. */
  restoreUsed(used: readonly UsedAddresses[]): void {
    this.#used = used;
  }

  /** Makes former what is current no longer; tells whether there was any. */
  expire(now: number): boolean {
    if (this.#nextEnd > now) return false;
    let isAnyOver = false;
    this.#nextEnd = Infinity;
    for (const [name, known] of [...this.#names]) {
      const over: NamedAddress[] = [];
      for (const named of known.current.values()) {
        if (named.until <= now) over.push(named);
        else this.#nextEnd = Math.min(this.#nextEnd, named.until);
      }
      if (over.length === 0) continue;
      isAnyOver = true;
      this.#set(name, withoutCurrent(known, over));
    }
    return isAnyOver;
  }

  #add(name: string, addresses: readonly NamedAddress[], now: number): boolean {
    if (!this.isWanted(name)) return false;
    const known = this.#names.get(name);
    const current = new Map(known?.current);
    const fresh = addresses.filter(({ address }) => !current.has(address)).length;
    let room = Math.min(mostAddresses - current.size, this.#roomFor(name, fresh, now));
    let isNews = false;
    for (const named of addresses) {
      const other = current.get(named.address);
      if (other !== undefined && named.until <= other.until + tolerance) continue;
      if (other === undefined && room-- <= 0) {
        this.#refuse(1, now);
        continue;
      }
      current.set(named.address, named);
      this.#nextEnd = Math.min(this.#nextEnd, named.until);
      isNews = true;
    }
    if (isNews) this.#set(name, { current, former: known?.former ?? new Map() });
    return isNews;
  }

  #refuse(count: number, now: number): void {
    if (count > 0) this.#refused = { count: this.#refused.count + count, lastAt: now };
  }

  #set(name: string, known: KnownName | undefined): void {
    this.#names.delete(name);
    if (known === undefined) this.#crowd.delete(name);
    else {
      this.#names.set(name, known);
      this.#place(name, known);
    }
    this.#changed(name);
  }

  #place(name: string, { current, former }: KnownName): void {
    if (!this.#isOfCrowd(name)) return;
    this.#crowd.set(name, { size: current.size + former.size, isIdle: current.size === 0 });
  }

  /** What an earlier agent knew is taken before it is known what rules name. */
  #isOfCrowd(name: string): boolean {
    return this.#wanted !== undefined && !this.#exact.has(name);
  }

  /**
   * Forgets what has to give way to addresses of a name; tells for how many there is room then. The
   * kernel remembers by itself what was opened: nothing is cut.
   */
  #roomFor(name: string, wanted: number, now: number): number {
    if (!this.#isOfCrowd(name)) return wanted;
    while (this.#crowd.room < wanted) {
      const next = this.#crowd.nextFor(name);
      if (next === undefined) break;
      this.#refuse(this.#names.get(next)?.current.size ?? 0, now);
      this.#set(next, undefined);
    }
    return Math.min(wanted, this.#crowd.room);
  }
}

/** What is known of a name when some of its addresses are former ones. */
function withoutCurrent(known: KnownName, over: readonly NamedAddress[]): KnownName {
  const current = new Map(known.current);
  const former = new Map(known.former);
  for (const { address, until } of over.toSorted((a, b) => a.until - b.until)) {
    current.delete(address);
    former.delete(address); // the latest is the last one
    former.set(address, until);
  }
  return { current, former: new Map([...former].slice(-mostAddresses)) };
}
