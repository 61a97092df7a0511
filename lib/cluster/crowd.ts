// This module is pure.
import type { DomainName } from "../model/cluster_network_policy.ts";
import { isMeant } from "../model/known_name.ts";

/** How many addresses are remembered. */
const most = 50_000;

/** What is remembered of the names that one wildcard means; of several that mean a name, the first. */
interface Share {
  readonly wildcard: DomainName;
  /** Addresses. */
  size: number;
  /** The one with the oldest news first. */
  readonly names: Set<string>;
}

/** What is remembered of a name. */
interface Member {
  /** Undefined where no wildcard means it. */
  readonly share: Share | undefined;
  /** Addresses. */
  readonly size: number;
}

/**
 * The names that only wildcards mean: as many as somebody likes to ask for, with as many addresses as
 * who answers likes to tell, so not all of them can be remembered. A name that stands for nothing now
 * opens nothing, and gives way to others. Where there is none, a wildcard has its share of the room,
 * whoever fills the others.
 */
export class Crowd {
  readonly #shares: readonly Share[];
  readonly #members = new Map<string, Member>();
  /** Those that stand for nothing now, the one that has done so for longest first. */
  readonly #idle = new Set<string>();
  #size = 0;

  /** Nobody is there yet. */
  constructor(wildcards: readonly DomainName[]) {
    const byName = new Map(wildcards.map((wildcard) => [wildcard.name, wildcard]));
    this.#shares = [...byName.values()].map((wildcard) => {
      return { wildcard, size: 0, names: new Set() };
    });
  }

  /** How many addresses more can be remembered before a name has to give way. */
  get room(): number {
    return Math.max(0, most - this.#size);
  }

  /** Whose turn it is to give way to a name; undefined where nobody has to. */
  nextFor(name: string): string | undefined {
    for (const idle of this.#idle) if (idle !== name) return idle;
    const own = this.#shareOf(name);
    if (own === undefined || own.size >= most / this.#shares.length) return undefined;
    const largest = this.#shares.reduce((a, b) => b.size > a.size ? b : a, own);
    return largest === own ? undefined : largest.names.values().next().value;
  }

  /** Takes a name, once more or for the first time. */
  set(name: string, { size, isIdle }: { readonly size: number; readonly isIdle: boolean }): void {
    const share = this.#shareOf(name);
    this.delete(name);
    this.#members.set(name, { share, size });
    this.#size += size;
    if (isIdle) this.#idle.add(name);
    if (share === undefined) return;
    share.size += size;
    share.names.add(name);
  }

  /** A name is forgotten. */
  delete(name: string): void {
    const { share, size = 0 } = this.#members.get(name) ?? {};
    this.#size -= size;
    this.#members.delete(name);
    this.#idle.delete(name);
    if (share === undefined) return;
    share.size -= size;
    share.names.delete(name);
  }

  #shareOf(name: string): Share | undefined {
    const member = this.#members.get(name);
    return member?.share ?? this.#shares.find(({ wildcard }) => isMeant(name, wildcard));
  }
}
