// This module is pure.
import type { ClusterNetworkPolicy } from "./cluster_network_policy.ts";
import type { StandingCondition } from "./condition.ts";

/** A policy of the tiers, with what its conditions are worked out from and compared with. */
export interface ObservedPolicy {
  /** The policy's. */
  readonly name: string;
  /** The policy's. */
  readonly uid: string;
  /** What it means. */
  readonly policy: ClusterNetworkPolicy;
  /** What could not be understood in it, one after the other, if need be cut; "" for nothing. */
  readonly faults: string;
  /** `metadata.generation`: counts the changes of `spec`. */
  readonly generation: number;
  /** `metadata.resourceVersion`: another one after every change. */
  readonly version: string;
  /** Those of `status.conditions` that are of our types, in their order. */
  readonly conditions: readonly StandingCondition[];
}
