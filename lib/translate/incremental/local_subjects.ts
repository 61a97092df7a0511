// This module is pure.
import { compareText } from "../../model/object_key.ts";
import type { IpAddress } from "../../model/address.ts";
import type { ClusterState, Pod } from "../../model/cluster.ts";
import type { Subject } from "../subjects.ts";

/** Subjects that are no more, and subjects that are new or have other addresses. */
export interface SubjectChange {
  /** Their pods' records; one that is also among `come` is to be taken out first. */
  readonly gone: readonly Pod[];
  /** As they are now. */
  readonly come: readonly Subject[];
}

/** The pods of a node that policies can isolate: `subjectsOf`, kept as addresses change hands. */
export class LocalSubjects {
  readonly #nodeName: string;
  /** address -> the node's pods that own it or have departed from it */
  readonly #byAddress = new Map<IpAddress, readonly Pod[]>();
  readonly #addresses = new Map<Pod, Set<IpAddress>>();
  readonly #changed = new Set<Pod>();

  /** There are none yet. */
  constructor(nodeName: string) {
    this.#nodeName = nodeName;
  }

  /** An address has, or may have, another owner or departed pod. */
  touch(address: IpAddress, { owners, departed }: ClusterState): void {
    const before = this.#byAddress.get(address) ?? [];
    const after = [owners.get(address), departed.get(address)]
      .filter((pod) => pod !== undefined).filter(({ nodeName }) => nodeName === this.#nodeName);
    for (const pod of before) if (!after.includes(pod)) this.#leave(pod, address);
    for (const pod of after) if (!before.includes(pod)) this.#join(pod, address);
    if (after.length > 0) this.#byAddress.set(address, after);
    else this.#byAddress.delete(address);
  }

  /** What has changed since the last call. */
  take(): SubjectChange {
    const gone = [...this.#changed];
    const come = gone.flatMap((pod): readonly Subject[] => {
      const addresses = this.#addresses.get(pod);
      return addresses === undefined ? [] : [{ pod, addresses: [...addresses].sort(compareText) }];
    });
    this.#changed.clear();
    return { gone, come };
  }

  #join(pod: Pod, address: IpAddress): void {
    this.#addresses.set(pod, (this.#addresses.get(pod) ?? new Set()).add(address));
    this.#changed.add(pod);
  }

  #leave(pod: Pod, address: IpAddress): void {
    const addresses = this.#addresses.get(pod);
    addresses?.delete(address);
    if (addresses?.size === 0) this.#addresses.delete(pod);
    this.#changed.add(pod);
  }
}
