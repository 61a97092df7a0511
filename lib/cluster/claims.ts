// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Pod } from "../model/cluster.ts";
import type { EndedClaims } from "../model/heritage.ts";
import { keyOf, type ObjectKey } from "../model/object_key.ts";

/** More pods than end on a node before the API has heard of it. */
const mostPods = 1000;

/** More addresses than a pod is given before the API has shown the first of them. */
const mostAddresses = 100;

/** What tells pods apart, also when one has another's name. */
export type PodIdentity = Pick<Pod, "namespace" | "name" | "uid">;

/**
 * Which addresses pods claim: those that the API says they have, but for those whose sandbox has
 * ended by what the CNI plugin said. The API may go on to show these until the pod is gone.
 */
export class Claims {
  /** pod -> the addresses that it has no more, whatever the API says; the oldest first. */
  readonly #ended = new Map<string, EndedClaims>();

  /** The addresses that pods have no more; the next agent must know. */
  get ended(): readonly EndedClaims[] {
    return [...this.#ended.values()];
  }

  /** None when the pod ended (NP-53), and none when they are its node's (NP-44). */
  of(pod: Pod): readonly IpAddress[] {
    if (pod.hostNetwork || pod.ended) return [];
    if (this.#ended.size === 0) return pod.addresses;
    return pod.addresses.filter((address) => !this.hasEnded(pod, address));
  }

  /** Whether a pod has an address no more. */
  hasEnded(pod: PodIdentity, address: IpAddress): boolean {
    return this.#endedOf(identityOf(pod)).includes(address);
  }

  /** The sandbox that gave a pod an address has ended. Of very many the oldest are forgotten. */
  end({ namespace, name, uid }: PodIdentity, address: IpAddress): void {
    const identity = identityOf({ namespace, name, uid });
    const others = this.#endedOf(identity).filter((other) => other !== address);
    const addresses = [...others.slice(1 - mostAddresses), address];
    this.#ended.delete(identity);
    this.#ended.set(identity, { namespace, name, uid, addresses });
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= mostPods) break;
      this.#ended.delete(oldest);
    }
  }

  /** A pod may claim an address again; tells whether it could not. */
  allow({ namespace, name, uid }: PodIdentity, address: IpAddress): boolean {
    if (this.#ended.size === 0) return false;
    const identity = identityOf({ namespace, name, uid });
    const ended = this.#endedOf(identity);
    const addresses = ended.filter((other) => other !== address);
    if (addresses.length === 0) this.#ended.delete(identity);
    else this.#ended.set(identity, { namespace, name, uid, addresses });
    return addresses.length < ended.length;
  }

  /** A pod has left the API: there is nothing more to be known of it. */
  forget(pod: Pod): void {
    if (this.#ended.size > 0) this.#ended.delete(identityOf(pod));
  }

  /** The API has told of all pods: of any other there is nothing more to be known. */
  forgetOthers(pods: ReadonlyMap<ObjectKey, Pod>): void {
    for (const [identity, ended] of this.#ended) {
      const pod = pods.get(keyOf(ended));
      if (pod === undefined || identityOf(pod) !== identity) this.#ended.delete(identity);
    }
  }

  #endedOf(identity: string): readonly IpAddress[] {
    return this.#ended.get(identity)?.addresses ?? [];
  }
}

/** Tells pods apart also when one has another's name. */
export function identityOf(pod: PodIdentity): string {
  return `${keyOf(pod)} ${pod.uid}`;
}
