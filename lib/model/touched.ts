// This module is pure.
import type { IpAddress } from "./address.ts";
import type { Pod } from "./cluster.ts";
import type { ObjectKey } from "./object_key.ts";

/**
 * What of a state may be otherwise than at the last look; all else is the same records. It names
 * things and tells no events, so that it is the same however often and in whatever order they came.
 */
export interface Touched {
  /**
   * address -> who owned it at the last look. Its owner, or the pod that has departed from it, may
   * be another now.
   */
  readonly addresses: ReadonlyMap<IpAddress, Pod | undefined>;
  /** Pods that came, went or are other records, by namespace/name. */
  readonly pods: ReadonlySet<ObjectKey>;
  /** Names of namespaces that came, went or have other labels. */
  readonly namespaces: ReadonlySet<string>;
  /** Names of nodes that came, went or have other labels or addresses. */
  readonly nodes: ReadonlySet<string>;
  /** NetworkPolicies, by namespace/name. */
  readonly policies: ReadonlySet<ObjectKey>;
  /** ClusterNetworkPolicies and their like, by what `policyName` prints. */
  readonly clusterPolicies: ReadonlySet<string>;
  /** DNS names of which something else is known. */
  readonly names: ReadonlySet<string>;
}

/** Everything is the same records. */
export const nothingTouched: Touched = {
  addresses: new Map(),
  pods: new Set(),
  namespaces: new Set(),
  nodes: new Set(),
  policies: new Set(),
  clusterPolicies: new Set(),
  names: new Set(),
};
