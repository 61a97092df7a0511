// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { ClusterState, Namespace, Node, Pod } from "../model/cluster.ts";
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import type { NetworkPolicy } from "../model/network_policy.ts";
import type { ObjectKey } from "../model/object_key.ts";
import { policyName } from "../model/policy_name.ts";
import { Changes, type Trigger } from "./changes.ts";
import { Departed } from "./departed.ts";
import { Kind } from "./kind.ts";
import { Owners } from "./owners.ts";

/** What a store is made for. */
export interface ClusterStoreOptions {
  /** The node whose departed pods are kept. */
  readonly nodeName: string;
  /** The clock, as `performance.now()`. */
  readonly now: () => number;
}

/**
 * What the API says, as it is known at this moment. Events go in at the sinks, and come out as
 * state only; `changes` tells that there is something new, and never what.
 */
export class ClusterStore implements ClusterState {
  /** What no pass has taken yet. Before all kinds have synced nothing is taken. */
  readonly changes: Changes = new Changes();
  readonly #nodeName: string;
  readonly #now: () => number;
  readonly #owners = new Owners();
  readonly #departed = new Departed();
  readonly #clusterPolicies = new Map<string, ClusterNetworkPolicy>();

  /** The sink of each kind. */
  readonly sinks: {
    readonly pods: Kind<Pod>;
    readonly namespaces: Kind<Namespace>;
    readonly nodes: Kind<Node>;
    readonly policies: Kind<NetworkPolicy>;
    readonly clusterNetworkPolicies: Kind<ClusterNetworkPolicy>;
    readonly adminNetworkPolicies: Kind<ClusterNetworkPolicy>;
    readonly baselineAdminNetworkPolicies: Kind<ClusterNetworkPolicy>;
  };

  /** It knows nothing until its sinks are told. */
  constructor({ nodeName, now }: ClusterStoreOptions) {
    this.#nodeName = nodeName;
    this.#now = now;
    this.sinks = {
      pods: new Kind<Pod>({
        changed: (before, after) => this.#podChanged(before, after),
        event: (at) => this.changes.add("pod", at),
        synced: (at) => this.#synced(at),
      }),
      namespaces: this.#kind("namespace"),
      nodes: this.#kind("node"),
      policies: this.#kind("policy"),
      clusterNetworkPolicies: this.#clusterPolicyKind(),
      adminNetworkPolicies: this.#clusterPolicyKind(),
      baselineAdminNetworkPolicies: this.#clusterPolicyKind(),
    };
  }

  get pods(): ReadonlyMap<ObjectKey, Pod> {
    return this.sinks.pods.objects;
  }

  get namespaces(): ReadonlyMap<ObjectKey, Namespace> {
    return this.sinks.namespaces.objects;
  }

  get nodes(): ReadonlyMap<ObjectKey, Node> {
    return this.sinks.nodes.objects;
  }

  get policies(): ReadonlyMap<ObjectKey, NetworkPolicy> {
    return this.sinks.policies.objects;
  }

  get clusterPolicies(): ReadonlyMap<string, ClusterNetworkPolicy> {
    return this.#clusterPolicies;
  }

  get owners(): ReadonlyMap<IpAddress, Pod> {
    return this.#owners.byAddress;
  }

  get departed(): ReadonlyMap<IpAddress, Pod> {
    return this.#departed.byAddress;
  }

  /** True once every kind has been told whole. Nothing may be enforced before. */
  get isSynced(): boolean {
    return Object.values(this.sinks).every((kind) => kind.isSynced);
  }

  /** When `expire` has something to do; undefined while there is nothing. */
  get nextExpiry(): number | undefined {
    return this.#departed.nextExpiry;
  }

  /** Forgets the departed pods whose time is over. */
  expire(): void {
    const now = this.#now();
    if (this.#departed.expire(now)) this.changes.add("expiry", now);
  }

  #kind<T extends { readonly namespace?: string; readonly name: string }>(
    trigger: Trigger,
  ): Kind<T> {
    return new Kind<T>({
      event: (at) => this.changes.add(trigger, at),
      synced: (at) => this.#synced(at),
    });
  }

  #clusterPolicyKind(): Kind<ClusterNetworkPolicy> {
    return new Kind<ClusterNetworkPolicy>({
      changed: (before, after) => {
        if (before !== undefined) this.#clusterPolicies.delete(policyName(before));
        if (after !== undefined) this.#clusterPolicies.set(policyName(after), after);
      },
      event: (at) => this.changes.add("policy", at),
      synced: (at) => this.#synced(at),
    });
  }

  #synced(at: number): void {
    if (this.isSynced) this.changes.add("sync", at);
  }

  #podChanged(before: Pod | undefined, after: Pod | undefined): void {
    if (before !== undefined) this.#owners.release(before);
    if (after !== undefined) this.#owners.claim(after);
    for (const address of after?.addresses ?? []) {
      if (this.owners.has(address)) this.#departed.forget(address);
    }
    if (before !== undefined) this.#keepDeparted(before, after);
  }

  /** Keeps the addresses that a live pod of this node had, and that nobody has now. */
  #keepDeparted(before: Pod, after: Pod | undefined): void {
    const isLive = before.nodeName === this.#nodeName && !before.hostNetwork && !before.ended;
    if (!isLive) return;
    // The pod is there and lives: an address that it no longer has is not its any more.
    if (after !== undefined && after.uid === before.uid && !after.ended) return;
    for (const address of before.addresses) {
      if (!this.owners.has(address)) this.#departed.keep(address, before, this.#now());
    }
  }
}
