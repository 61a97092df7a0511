// This module is pure.
import type { IpAddress } from "../../model/address.ts";
import type { ClusterState, Pod } from "../../model/cluster.ts";
import type { ObjectKey } from "../../model/object_key.ts";
import { isDnsPod } from "../dns_paths.ts";

/** The cluster's DNS pods, kept as pods change. */
export class DnsPods {
  readonly #pods = new Map<ObjectKey, Pod>();
  #hasChanged = false;

  /** They, in any order. */
  get pods(): Iterable<Pod> {
    return this.#pods.values();
  }

  /** A pod has come, gone or is another record. */
  touch(key: ObjectKey, { pods }: ClusterState): void {
    const pod = pods.get(key);
    const isOne = pod !== undefined && isDnsPod(pod);
    if (!isOne && !this.#pods.has(key)) return;
    if (isOne) this.#pods.set(key, pod);
    else this.#pods.delete(key);
    this.#hasChanged = true;
  }

  /** An address has another owner, or is nobody's any more. */
  ownerChanged(address: IpAddress): void {
    for (const { addresses } of this.#pods.values()) {
      if (addresses.includes(address)) this.#hasChanged = true;
    }
  }

  /** Tells whether any has come, gone or changed since the last call. */
  takeChanged(): boolean {
    const hasChanged = this.#hasChanged;
    this.#hasChanged = false;
    return hasChanged;
  }
}
