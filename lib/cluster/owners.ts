// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Pod } from "../model/cluster.ts";
import { compareText, keyOf } from "../model/object_key.ts";

/**
 * Who owns which address. A pod claims its addresses while it is live; of several claimants the
 * newest owns the address, as the older ones have only not been seen to end yet (NP-53).
 */
export class Owners {
  readonly #owners = new Map<IpAddress, Pod>();
  /** address -> all who claim it, where that is more than one. */
  readonly #claimants = new Map<IpAddress, readonly Pod[]>();

  /** address -> the one pod that owns it. */
  get byAddress(): ReadonlyMap<IpAddress, Pod> {
    return this.#owners;
  }

  /** Takes up a pod's claims. */
  claim(pod: Pod): void {
    for (const address of claimsOf(pod)) {
      const owner = this.#owners.get(address);
      if (owner === undefined) this.#owners.set(address, pod);
      else this.#settle(address, [...this.#claimantsOf(address, owner), pod]);
    }
  }

  /** Gives up the claims of the very record that `claim` was called with. */
  release(pod: Pod): void {
    for (const address of claimsOf(pod)) {
      const owner = this.#owners.get(address);
      if (owner === undefined) continue;
      this.#settle(address, this.#claimantsOf(address, owner).filter((other) => other !== pod));
    }
  }

  #claimantsOf(address: IpAddress, owner: Pod): readonly Pod[] {
    return this.#claimants.get(address) ?? [owner];
  }

  #settle(address: IpAddress, claimants: readonly Pod[]): void {
    const [first, ...rest] = claimants;
    if (first === undefined) this.#owners.delete(address);
    else this.#owners.set(address, rest.reduce(newer, first));
    if (rest.length === 0) this.#claimants.delete(address);
    else this.#claimants.set(address, claimants);
  }
}

/** The addresses that a pod claims: none when it ended, and none when they are its node's (NP-44). */
function claimsOf(pod: Pod): readonly IpAddress[] {
  return pod.hostNetwork || pod.ended ? [] : pod.addresses;
}

function newer(a: Pod, b: Pod): Pod {
  const order = a.createdAt - b.createdAt || compareText(keyOf(a), keyOf(b));
  return order >= 0 ? a : b;
}
