// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Pod } from "../model/cluster.ts";

/** How long the processes of a pod that has left the API are reckoned with, in ms. */
const lingerMs = 60_000;

/**
 * The addresses of this node's pods that left the API or ended. Forced deletion and a phase set to
 * Failed leave processes running: their addresses stay policed until they are another's, or for a
 * minute; those that the CNI plugin announced, until it says that they are gone.
 */
export class Departed {
  readonly #pods = new Map<IpAddress, Pod>();
  /** address -> when to forget it; in the order of time. */
  readonly #until = new Map<IpAddress, number>();

  /** address -> the pod that last owned it. */
  get byAddress(): ReadonlyMap<IpAddress, Pod> {
    return this.#pods;
  }

  /** The time at which the first address is to be forgotten; undefined where there is none. */
  get nextExpiry(): number | undefined {
    return this.#until.values().next().value;
  }

  /** Keeps an address, from now on. */
  keep(address: IpAddress, pod: Pod, now: number): void {
    this.forget(address);
    this.#pods.set(address, pod);
    this.#until.set(address, now + lingerMs);
  }

  /** Keeps an address until it is forgotten: the CNI plugin will tell when the pod has ended. */
  hold(address: IpAddress, pod: Pod): void {
    this.forget(address);
    this.#pods.set(address, pod);
  }

  /** Forgets an address: it is another's now. */
  forget(address: IpAddress): void {
    this.#pods.delete(address);
    this.#until.delete(address);
  }

  /** Forgets what was kept for its time, and tells which addresses those were. */
  expire(now: number): readonly IpAddress[] {
    const expired: IpAddress[] = [];
    for (const [address, until] of this.#until) {
      if (until > now) break;
      this.forget(address);
      expired.push(address);
    }
    return expired;
  }
}
