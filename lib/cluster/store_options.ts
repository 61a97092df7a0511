// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { AddressRange } from "../model/address_range.ts";

/** What a store is made for. */
export interface ClusterStoreOptions {
  /** The node whose departed pods are kept. */
  readonly nodeName: string;
  /** The clock, as `performance.now()`. */
  readonly now: () => number;
  /** The time of day, in ms since the epoch, which never goes back or leaps; default: the clock. */
  readonly timeOfDay?: () => number;
  /** Resolvers whose answers are believed, beside the cluster's own DNS pods. */
  readonly dnsResolvers?: readonly IpAddress[];
  /** Whether what leaves pods must come from them; default: true. */
  readonly antiSpoof?: boolean;
  /** Prefixes in which addresses that are no known pod's are cut off; default: none. */
  readonly podBlocks?: readonly AddressRange[];
  /** Whether pods may have no tunnels to nodes; default: false. */
  readonly denyTunnels?: boolean;
}
