// This module is pure.
import type { IpAddress } from "./address.ts";
import type { AddressRange } from "./address_range.ts";

/** The host's end of a pod's interface, as the CNI plugin told of it. */
export interface PodInterface {
  /** Its name on the host. */
  readonly name: string;
  /** The bridge that it is a port of; "": it is none, and packets are routed. */
  readonly bridge: string;
  /** With `podName`, whose it is. */
  readonly podNamespace: string;
  /** The pod's `metadata.name`. */
  readonly podName: string;
  /** What the plugin gave to it and nobody else owns by now; sorted. */
  readonly addresses: readonly IpAddress[];
  /** What else the pod may send from, by its annotation: sorted, disjoint, not touching. */
  readonly allowedSources: readonly AddressRange[];
}
