// This module is pure.
import type { Pod } from "../model/cluster.ts";
import { keyOf, type ObjectKey } from "../model/object_key.ts";
import type { PodInterface } from "../model/pod_interface.ts";

/** The pods of one node that have addresses of their own, kept as pods change. */
export class LocalPods {
  readonly #nodeName: string;
  readonly #keys = new Set<ObjectKey>();

  /** There are none yet. */
  constructor(nodeName: string) {
    this.#nodeName = nodeName;
  }

  /** The API says that a pod is not what it was; undefined where there was, or is, none. */
  podChanged(before: Pod | undefined, after: Pod | undefined): void {
    if (before?.nodeName === this.#nodeName) this.#keys.delete(keyOf(before));
    if (after !== undefined && this.#isOne(after)) this.#keys.add(keyOf(after));
  }

  /** How many there are, but for those of some interfaces. */
  countWithout(interfaces: readonly PodInterface[]): number {
    const known = interfaces.map(({ podNamespace: namespace, podName: name }) =>
      keyOf({ namespace, name })
    );
    return this.#keys.difference(new Set(known)).size;
  }

  #isOne({ nodeName, hostNetwork, ended, addresses }: Pod): boolean {
    return nodeName === this.#nodeName && !hostNetwork && !ended && addresses.length > 0;
  }
}
