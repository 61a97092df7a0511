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
 * that they name, and all other policies go on. A policy is let out when it is changed, and when the
 * kernel would take it after all.
 */
export class Quarantine {
  readonly #askAgainMs: number;
  /** By name; the one that was asked about last is the last one. */
  readonly #held = new Map<string, Quarantined>();
  /** The policies that were closed in the state that was shown last. */
  #shown: ReadonlySet<string> = new Set();
  #askAt = Infinity;

  /**
   * Nobody is held.
   *
   * @param askAgainMs How long nobody is asked about, after one was held or not let out, in ms.
   */
  constructor(askAgainMs: number) {
    this.#askAgainMs = askAgainMs;
  }

  /** Those held now, by name. */
  get held(): readonly Quarantined[] {
    return [...this.#held.values()].sort((a, b) => compareText(a.name, b.name));
  }

  /** When it is time to ask about one of them, as `performance.now()`; Infinity: there is none. */
  get askAt(): number {
    return this.#held.size === 0 ? Infinity : this.#askAt;
  }

  /** Holds policies; `now` as `performance.now()`. */
  hold(policies: readonly Quarantined[], now: number): void {
    for (const policy of policies) this.#held.set(policy.name, policy);
    this.#askAt = now + this.#askAgainMs;
  }

  /** Lets all of them out. */
  clear(): void {
    this.#held.clear();
  }

  /**
   * Asks about the one whose turn it is; it is let out where the kernel would take it, and then the
   * next one need not wait.
   *
   * @param refusal Why the kernel would refuse the table of a state, in which it alone is not closed.
   * @returns whether it is out.
   */
  async ask(
    state: ClusterState,
    now: number,
    refusal: (state: ClusterState) => Promise<Error | undefined>,
  ): Promise<boolean> {
    const [one] = this.#held.values();
    if (one === undefined) return false;
    const others = new Set(this.#held.keys()).difference(new Set([one.name]));
    this.#held.delete(one.name);
    this.hold([one], now); // as the last one, whatever comes of it
    const error = await refusal(withClosed(state, others));
    if (!this.#held.has(one.name)) return false; // all were let out meanwhile
    if (error !== undefined) {
      this.#held.set(one.name, { ...one, reason: error.message });
      return false;
    }
    this.#held.delete(one.name);
    this.#askAt = now;
    return true;
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
  const { namespaces, nodes, pods, owners, departed, interfaces, newcomers } = state;
  const { names, usedAddresses } = state;
  const { hasSandboxes, checksSources, podBlocks, dnsResolvers, antiSpoof, denyTunnels } = state;
  return {
    ...{ namespaces, nodes, pods, owners, departed, interfaces, newcomers },
    ...{ names, usedAddresses },
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
