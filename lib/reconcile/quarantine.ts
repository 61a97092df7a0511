// This module is pure.
import type { ClusterState } from "../model/cluster.ts";
import type { NetworkPolicy } from "../model/network_policy.ts";
import { compareText, type ObjectKey } from "../model/object_key.ts";

/** A policy that the kernel refuses, and why. */
export interface Quarantined {
  /** namespace/name */
  readonly key: ObjectKey;
  /** The record that was refused: any other that takes its place is tried again. */
  readonly policy: NetworkPolicy;
  /** What the kernel said last while the culprits were looked for: for several, one text. */
  readonly reason: string;
}

/**
 * The policies that could not be brought to the kernel. Their pods are isolated in the directions
 * that they name, and all other policies go on. A policy is let out when it is changed.
 */
export class Quarantine {
  readonly #held = new Map<ObjectKey, Quarantined>();

  /** Those held now, by key. */
  get held(): readonly Quarantined[] {
    return [...this.#held.values()].sort((a, b) => compareText(a.key, b.key));
  }

  /** Holds policies until they are changed. */
  hold(policies: readonly Quarantined[]): void {
    for (const policy of policies) this.#held.set(policy.key, policy);
  }

  /** Lets out whoever is not the same any more, and shows the state without the rules of the rest. */
  guard(state: ClusterState): ClusterState {
    for (const [key, { policy }] of this.#held) {
      if (state.policies.get(key) !== policy) this.#held.delete(key);
    }
    return this.#held.size === 0 ? state : withoutRules(state, new Set(this.#held.keys()));
  }
}

/** The state in which some policies isolate their pods and allow nothing. */
export function withoutRules(
  state: ClusterState,
  keys: ReadonlySet<ObjectKey>,
): ClusterState {
  const policies = new Map(state.policies);
  for (const key of keys) {
    const policy = policies.get(key);
    if (policy !== undefined) {
      policies.set(key, { ...policy, ingress: [], egress: [], broken: true });
    }
  }
  const { namespaces, nodes, pods, owners, departed, clusterPolicies, names, dnsResolvers } = state;
  return {
    ...{ namespaces, nodes, pods, owners, departed, policies, clusterPolicies },
    ...{ names, dnsResolvers },
  };
}
