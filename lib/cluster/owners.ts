// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Pod } from "../model/cluster.ts";
import { compareText, keyOf } from "../model/object_key.ts";

/** Whose an address is by what the CNI plugin said. */
export interface Holder {
  /** As it is or, where it has left the API or ended, as it last was. */
  readonly pod: Pod;
  /** Whether the API has it, and it has not ended. */
  readonly isLive: boolean;
}

/**
 * Who owns which address. A pod claims its addresses while it is live; of several claimants the
 * newest owns the address, as the older ones have only not been seen to end yet (NP-53). Where the
 * CNI plugin named a holder it owns the address, whoever else claims it. When the holder has left
 * or ended it is one among the others: if it is the newest, nobody owns the address.
 */
export class Owners {
  readonly #owners = new Map<IpAddress, Pod>();
  /** address -> all who claim it, where that is more than one, or where there is a holder. */
  readonly #claimants = new Map<IpAddress, readonly Pod[]>();
  readonly #holders = new Map<IpAddress, Holder>();

  /** address -> the one pod that owns it. */
  get byAddress(): ReadonlyMap<IpAddress, Pod> {
    return this.#owners;
  }

  /** Takes up a pod's claims. */
  claim(pod: Pod, addresses: readonly IpAddress[]): void {
    for (const address of addresses) {
      const others = this.#claimantsOf(address);
      if (others.length === 0 && !this.#holders.has(address)) this.#owners.set(address, pod);
      else this.#settle(address, [...others, pod]);
    }
  }

  /** Gives up claims of the very record that `claim` was called with; those that it made. */
  release(pod: Pod, addresses: readonly IpAddress[]): void {
    for (const address of addresses) {
      this.#settle(address, this.#claimantsOf(address).filter((other) => other !== pod));
    }
  }

  /** Says who holds an address; undefined: nobody, and the claimants have it among them. */
  hold(address: IpAddress, holder: Holder | undefined): void {
    const claimants = this.#claimantsOf(address);
    if (holder === undefined) this.#holders.delete(address);
    else this.#holders.set(address, holder);
    this.#settle(address, claimants);
  }

  #claimantsOf(address: IpAddress): readonly Pod[] {
    const claimants = this.#claimants.get(address);
    if (claimants !== undefined) return claimants;
    const owner = this.#owners.get(address);
    return owner === undefined ? [] : [owner];
  }

  #settle(address: IpAddress, claimants: readonly Pod[]): void {
    const holder = this.#holders.get(address);
    const owner = ownerAmong(claimants, holder);
    if (owner === undefined) this.#owners.delete(address);
    else this.#owners.set(address, owner);
    if (claimants.length > 1 || holder !== undefined) this.#claimants.set(address, claimants);
    else this.#claimants.delete(address);
  }
}

function ownerAmong(claimants: readonly Pod[], holder: Holder | undefined): Pod | undefined {
  if (holder?.isLive) return holder.pod;
  const [first, ...rest] = claimants;
  if (first === undefined) return undefined;
  const newest = rest.reduce(newer, first);
  return holder === undefined || newer(newest, holder.pod) === newest ? newest : undefined;
}

function newer(a: Pod, b: Pod): Pod {
  const order = a.createdAt - b.createdAt || compareText(keyOf(a), keyOf(b));
  return order >= 0 ? a : b;
}
