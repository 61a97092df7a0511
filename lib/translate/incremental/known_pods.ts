// This module is pure.
import type { IpAddress } from "../../model/address.ts";
import type { ClusterState } from "../../model/cluster.ts";
import type { PodRange } from "../../model/node_policy.ts";
import { isKnownIn } from "../pod_range.ts";

/** `podRangeOf`, of the addresses that are touched alone. */
export class KnownPods {
  readonly #known = new Set<IpAddress>();
  #range: PodRange | undefined;

  /** An address may have another owner now, or none. */
  touch(address: IpAddress, state: ClusterState): void {
    if (state.podBlocks.length === 0) return;
    const isKnown = isKnownIn(address, state);
    if (isKnown === this.#known.has(address)) return;
    if (isKnown) this.#known.add(address);
    else this.#known.delete(address);
    this.#range = undefined;
  }

  /** The same object while nothing in it is another. */
  of({ podBlocks: blocks }: ClusterState): PodRange | undefined {
    if (blocks.length === 0) return undefined;
    return this.#range ??= { blocks, known: [...this.#known].sort() };
  }
}
