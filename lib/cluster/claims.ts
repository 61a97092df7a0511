// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Pod } from "../model/cluster.ts";
import { keyOf } from "../model/object_key.ts";

/**
 * Which addresses pods claim: those that the API says they have, but for those whose sandbox has
 * ended by what the CNI plugin said. The API may go on to show these until the pod is gone.
 */
export class Claims {
  /** pod -> the addresses that it has no more, whatever the API says. */
  readonly #ended = new Map<string, Set<IpAddress>>();

  /** None when the pod ended (NP-53), and none when they are its node's (NP-44). */
  of(pod: Pod): readonly IpAddress[] {
    if (pod.hostNetwork || pod.ended) return [];
    const ended = this.#ended.size === 0 ? undefined : this.#ended.get(identityOf(pod));
    return ended === undefined ? pod.addresses : pod.addresses.filter((ip) => !ended.has(ip));
  }

  /** The sandbox that gave a pod an address has ended. */
  end(pod: Pod, address: IpAddress): void {
    const identity = identityOf(pod);
    this.#ended.set(identity, (this.#ended.get(identity) ?? new Set()).add(address));
  }

  /** A pod has left the API: there is nothing more to be known of it. */
  forget(pod: Pod): void {
    if (this.#ended.size > 0) this.#ended.delete(identityOf(pod));
  }
}

/** Tells pods apart also when one has another's name. */
export function identityOf(pod: Pod): string {
  return `${keyOf(pod)} ${pod.uid}`;
}
