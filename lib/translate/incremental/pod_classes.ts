// This module is pure.
import type { IpAddress } from "../../model/address.ts";
import type { Labels } from "../../model/labels.ts";
import type { Selectable } from "../selection.ts";

/** Pods of one namespace with the same labels: no selection tells them apart. */
export interface PodClass<Use> extends Selectable {
  /** What the pods own. */
  readonly addresses: Set<IpAddress>;
  /** What is kept of the selections that select them. */
  uses: readonly Use[];
}

/**
 * The pods that own addresses, by namespace and labels. Labels that read alike are nearly always
 * the same object; where they are not there are two classes, which is as right, and not as quick.
 */
export class PodClasses<Use> {
  readonly #byNamespace = new Map<string, Map<Labels, PodClass<Use>>>();

  /** The class of a pod that owns an address. */
  of({ namespace, labels }: Selectable): PodClass<Use> | undefined {
    return this.#byNamespace.get(namespace)?.get(labels);
  }

  /** The classes of one namespace, or of all. */
  *in(namespace: string | undefined): Iterable<PodClass<Use>> {
    if (namespace !== undefined) yield* this.#byNamespace.get(namespace)?.values() ?? [];
    else for (const classes of this.#byNamespace.values()) yield* classes.values();
  }

  /** A pod owns an address; a class that is new begins with the uses that `usesOf` tells. */
  add(
    address: IpAddress,
    pod: Selectable,
    usesOf: (pod: Selectable) => readonly Use[],
  ): PodClass<Use> {
    const { namespace, labels } = pod;
    const classes = this.#byNamespace.get(namespace) ?? new Map<Labels, PodClass<Use>>();
    const known = classes.get(labels);
    const podClass = known ?? { namespace, labels, addresses: new Set(), uses: usesOf(pod) };
    if (known === undefined) this.#byNamespace.set(namespace, classes.set(labels, podClass));
    podClass.addresses.add(address);
    return podClass;
  }

  /** A pod does not own an address any more. */
  remove(address: IpAddress, pod: Selectable): PodClass<Use> | undefined {
    const podClass = this.of(pod);
    if (podClass === undefined) return undefined;
    podClass.addresses.delete(address);
    if (podClass.addresses.size > 0) return podClass;
    const classes = this.#byNamespace.get(pod.namespace);
    classes?.delete(pod.labels);
    if (classes?.size === 0) this.#byNamespace.delete(pod.namespace);
    return podClass;
  }
}
