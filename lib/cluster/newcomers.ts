// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { type Era, eras, type Newcomer } from "../model/newcomer.ts";

/** After this time nothing is known any more of what began when an address was new, in ms. */
const eraMs = 600_000;

/** For so long an address is new to its pod, in ms: as long as the kernel is told. */
const newMs = 180_000;

/** The addresses that the CNI plugin gave to pods of late. */
export class Newcomers {
  #list: readonly Newcomer[] = [];
  /** address -> the era of its owner, or of its last one, and when that began. */
  readonly #eras = new Map<IpAddress, { readonly era: Era; readonly since: number }>();

  /** In the order in which they came; another list when anything in it is another. */
  get list(): readonly Newcomer[] {
    return this.#list;
  }

  /** address -> the era of who was given it of late; the next agent must know. */
  get eras(): ReadonlyMap<IpAddress, Era> {
    return new Map([...this.#eras].map(([address, { era }]) => [address, era]));
  }

  /** Takes what an earlier agent knew. */
  restore(eras: ReadonlyMap<IpAddress, Era>, now: number): void {
    for (const [address, era] of eras) this.#eras.set(address, { era, since: now });
  }

  /** When the first of them is new no longer; undefined while there is none. */
  get nextExpiry(): number | undefined {
    const [first] = this.#list;
    return first === undefined ? undefined : this.#sinceOf(first) + newMs;
  }

  /** Forgets who is no longer new; tells whether there was any. */
  expire(now: number): boolean {
    const stay = this.#list.filter((one) => now - this.#sinceOf(one) < newMs);
    if (stay.length === this.#list.length) return false;
    this.#list = stay;
    return true;
  }

  /** A sandbox was given its addresses. Eras of long ago are forgotten on the occasion. */
  add({ containerID, ips }: Endpoint, now: number): void {
    for (const [address, { since }] of this.#eras) {
      if (now - since >= eraMs) this.#eras.delete(address);
    }
    const stay = this.#list.filter(({ address }) => !ips.includes(address));
    const come = ips.map((address) => {
      const era = nextEra(this.#eras.get(address)?.era);
      this.#eras.set(address, { era, since: now });
      return { address, sandbox: containerID, era };
    });
    this.#list = [...stay, ...come];
  }

  /**
   * A sandbox is gone: its addresses are nobody's, and new to whom they are given next; those that
   * another was given before this was told are new to that one already.
   */
  remove({ containerID, ips }: Endpoint): void {
    const stay = this.#list.filter(({ address, sandbox }) =>
      sandbox !== containerID || !ips.includes(address)
    );
    if (stay.length < this.#list.length) this.#list = stay;
  }

  #sinceOf({ address }: Newcomer): number {
    return this.#eras.get(address)?.since ?? -Infinity;
  }
}

function nextEra(era: Era | undefined): Era {
  return eras[era === undefined ? 0 : eras.indexOf(era) + 1] ?? eras[0];
}
