// This module is pure.
import type { ClusterState } from "../model/cluster.ts";
import type { ClusterNetworkPolicy, TierRule } from "../model/cluster_network_policy.ts";
import { closedNetworkPolicy, closedTierPolicy } from "../model/denial.ts";
import type { NetworkPolicy } from "../model/network_policy.ts";
import { compareText } from "../model/object_key.ts";
import type { Touched } from "../model/touched.ts";

/** A policy of any kind. */
export type AnyPolicy = NetworkPolicy | ClusterNetworkPolicy;

/** A policy that the kernel refuses, and why. */
export interface Quarantined {
  /** The policy, printed: `namespace/name`, or `cnp:name` for one of a tier. */
  readonly name: string;
  /** The record that was refused: any other that takes its place is tried again. */
  readonly policy: AnyPolicy;
  /** What the kernel said last while the culprits were looked for: for several, one text. */
  readonly reason: string;
}

/**
 * The policies that could not be brought to the kernel. Their pods are isolated in the directions
 * that they name, and all other policies go on. A policy is let out when it is changed.
 */
export class Quarantine {
  readonly #held = new Map<string, Quarantined>();
  /** The policies that were closed in the state that was shown last. */
  #shown: ReadonlySet<string> = new Set();

  /** Those held now, by name. */
  get held(): readonly Quarantined[] {
    return [...this.#held.values()].sort((a, b) => compareText(a.name, b.name));
  }

  /** Holds policies until they are changed. */
  hold(policies: readonly Quarantined[]): void {
    for (const policy of policies) this.#held.set(policy.name, policy);
  }

  /** Lets out whoever is not the same any more, and shows the state in which the rest is closed. */
  guard(state: ClusterState, touched: Touched | undefined): Guarded {
    if (this.#held.size === 0 && this.#shown.size === 0) return { state, touched };
    const policies = policiesOf(state);
    for (const [name, { policy }] of this.#held) {
      if (policies.get(name) !== policy) this.#held.delete(name);
    }
    const held = new Set(this.#held.keys());
    const changed = this.#shown.union(held);
    this.#shown = held;
    return {
      state: withClosed(state, held),
      touched: touched && touchedToo(touched, changed, state),
    };
  }
}

/** A state as the quarantine shows it. */
export interface Guarded {
  /** With those that are held closed. */
  readonly state: ClusterState;
  /** What of it may be otherwise than in the state that was shown last. */
  readonly touched: Touched | undefined;
}

/** What is touched, and some policies, by name. */
function touchedToo(
  touched: Touched,
  some: ReadonlySet<string>,
  { policies, clusterPolicies }: ClusterState,
): Touched {
  return {
    ...touched,
    policies: new Set([...touched.policies, ...namesIn(policies, some)]),
    clusterPolicies: new Set([...touched.clusterPolicies, ...namesIn(clusterPolicies, some)]),
  };
}

function namesIn<Name extends string>(
  policies: ReadonlyMap<Name, AnyPolicy>,
  some: ReadonlySet<string>,
): readonly Name[] {
  return [...policies.keys()].filter((name) => some.has(name));
}

/** The policies of all kinds, each under its name as printed: no namespace has a colon in its own. */
export function policiesOf(
  { policies, clusterPolicies }: ClusterState,
): ReadonlyMap<string, AnyPolicy> {
  return new Map<string, AnyPolicy>([...policies, ...clusterPolicies]);
}

/** The state in which some policies, by name, isolate their pods and allow nothing. */
function withClosed(state: ClusterState, some: ReadonlySet<string>): ClusterState {
  return withOthers(state, some, {
    networkPolicy: closedNetworkPolicy,
    tierPolicy: closedTierPolicy,
  });
}

/**
 * The state in which some policies, by name, are there and say nothing. What they decide otherwise
 * is not said by others for that: a policy of a tier which denied everything would hide those
 * behind it, and one that were gone would let others come forward.
 */
export function withoutRules(state: ClusterState, some: ReadonlySet<string>): ClusterState {
  return withOthers(state, some, {
    networkPolicy: closedNetworkPolicy,
    tierPolicy: ({ ingress, egress, ...policy }) => {
      return { ...policy, ingress: withoutPeers(ingress), egress: withoutPeers(egress) };
    },
  });
}

function withoutPeers(rules: readonly TierRule[]): readonly TierRule[] {
  return rules.map((rule) => ({ ...rule, peers: [] }));
}

/** What takes the place of a policy. */
interface Substitutes {
  readonly networkPolicy: (policy: NetworkPolicy) => NetworkPolicy;
  readonly tierPolicy: (policy: ClusterNetworkPolicy) => ClusterNetworkPolicy;
}

function withOthers(
  state: ClusterState,
  some: ReadonlySet<string>,
  { networkPolicy, tierPolicy }: Substitutes,
): ClusterState {
  const { namespaces, nodes, pods, owners, departed, interfaces, newcomers, names } = state;
  const { hasSandboxes, checksSources, podBlocks, dnsResolvers, antiSpoof, denyTunnels } = state;
  return {
    ...{ namespaces, nodes, pods, owners, departed, interfaces, newcomers, names },
    ...{ hasSandboxes, checksSources, podBlocks, dnsResolvers, antiSpoof, denyTunnels },
    policies: substitute(state.policies, some, networkPolicy),
    clusterPolicies: substitute(state.clusterPolicies, some, tierPolicy),
  };
}

function substitute<Name extends string, Policy>(
  policies: ReadonlyMap<Name, Policy>,
  some: ReadonlySet<string>,
  other: (policy: Policy) => Policy,
): ReadonlyMap<Name, Policy> {
  const all = [...policies];
  return new Map(all.map(([name, policy]) => [name, some.has(name) ? other(policy) : policy]));
}
