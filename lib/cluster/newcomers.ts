// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { type Era, eras, type Newcomer } from "../model/newcomer.ts";

/** For so long an address is new to its pod, in ms: as long as the kernel is told. */
const newMs = 180_000;

/** The addresses that the CNI plugin gave to pods of late. */
export class Newcomers {
  #list: readonly Newcomer[] = [];
  /** address -> the era of its owner, or of its last one. */
  readonly #eras = new Map<IpAddress, Era>();
  /** address -> since when it is new to its owner. */
  readonly #since = new Map<IpAddress, number>();

  /** In the order in which they came; another list when anything in it is another. */
  get list(): readonly Newcomer[] {
    return this.#list;
  }

  /** A sandbox was given its addresses. Who is no longer new is forgotten on the occasion. */
  add({ containerID, ips }: Endpoint, now: number): void {
    const stay = this.#list.filter(({ address }) => {
      return !ips.includes(address) && now - (this.#since.get(address) ?? 0) < newMs;
    });
    const come = ips.map((address) => {
      const era = nextEra(this.#eras.get(address));
      this.#eras.set(address, era);
      this.#since.set(address, now);
      return { address, sandbox: containerID, era };
    });
    this.#list = [...stay, ...come];
  }

  /** A sandbox is gone: its addresses are nobody's, and new to whom they are given next. */
  remove(ips: readonly IpAddress[]): void {
    const stay = this.#list.filter(({ address }) => !ips.includes(address));
    if (stay.length < this.#list.length) this.#list = stay;
  }
}

function nextEra(era: Era | undefined): Era {
  return eras[era === undefined ? 0 : eras.indexOf(era) + 1] ?? eras[0];
}
