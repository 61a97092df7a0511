import type { Namespace, Node, Pod } from "../model/cluster.ts";
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import type { NetworkPolicy } from "../model/network_policy.ts";
import type { ObjectKey } from "../model/object_key.ts";
import type { ObservedPolicy } from "../model/observed_policy.ts";

/**
 * Where a source puts the objects of one kind. `at` is `performance.now()` at the moment when the
 * line was received, for `replace` when the list was complete: latency is measured from there.
 */
export interface Sink<T> {
  /** What it was told, as it is now: so that a source need not remember that, too. */
  readonly objects: Pick<ReadonlyMap<ObjectKey, T>, "get" | "size">;
  /** These are all the objects that there are: others are gone. The first call means "synced". */
  replace(objects: readonly T[], at: number): void;
  /** The object is new or has changed. */
  upsert(object: T, at: number): void;
  /** The object is gone; told again for one that is gone already, nothing happens. */
  remove(object: T, at: number): void;
}

/** One sink for each kind that policies depend on. */
export interface Sinks {
  /** v1 Pod. */
  readonly pods: Sink<Pod>;
  /** v1 Namespace. */
  readonly namespaces: Sink<Namespace>;
  /** v1 Node. */
  readonly nodes: Sink<Node>;
  /** networking.k8s.io/v1 NetworkPolicy. */
  readonly policies: Sink<NetworkPolicy>;
  /** policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy. */
  readonly clusterNetworkPolicies: Sink<ClusterNetworkPolicy>;
  /** policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy. */
  readonly adminNetworkPolicies: Sink<ClusterNetworkPolicy>;
  /** policy.networking.k8s.io/v1alpha1 BaselineAdminNetworkPolicy. */
  readonly baselineAdminNetworkPolicies: Sink<ClusterNetworkPolicy>;
}

/** In place of three of `Sinks`, where it matters what stands in a policy's status. */
export interface ObservedSinks {
  /** policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy. */
  readonly clusterNetworkPolicies: Sink<ObservedPolicy>;
  /** policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy. */
  readonly adminNetworkPolicies: Sink<ObservedPolicy>;
  /** policy.networking.k8s.io/v1alpha1 BaselineAdminNetworkPolicy. */
  readonly baselineAdminNetworkPolicies: Sink<ObservedPolicy>;
}
