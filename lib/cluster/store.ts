// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { ClusterState, Namespace, Node, Pod } from "../model/cluster.ts";
import type { ClusterNetworkPolicy, DomainName } from "../model/cluster_network_policy.ts";
import type { KnownName, NamedAddress } from "../model/known_name.ts";
import type { NetworkPolicy } from "../model/network_policy.ts";
import { keyOf, type ObjectKey } from "../model/object_key.ts";
import { policyName } from "../model/policy_name.ts";
import { Changes, type Trigger } from "./changes.ts";
import { Departed } from "./departed.ts";
import { Kind } from "./kind.ts";
import { type NameAnswer, Names } from "./names.ts";
import { Owners } from "./owners.ts";
import { Touches } from "./touches.ts";

/** What a store is made for. */
export interface ClusterStoreOptions {
  /** The node whose departed pods are kept. */
  readonly nodeName: string;
  /** The clock, as `performance.now()`. */
  readonly now: () => number;
  /** The time of day, in ms since the epoch; default: the clock. */
  readonly timeOfDay?: () => number;
  /** Resolvers whose answers are believed, beside the cluster's own DNS pods. */
  readonly dnsResolvers?: readonly IpAddress[];
}

/**
 * What the API says, as it is known at this moment. Events go in at the sinks, and come out as
 * state only; `changes` tells that there is something new, and `touches` where.
 */
export class ClusterStore implements ClusterState {
  /** What no pass has taken yet. Before all kinds have synced nothing is taken. */
  readonly changes: Changes = new Changes();
  /** What no translation has looked at yet. */
  readonly touches: Touches = new Touches();
  readonly #nodeName: string;
  readonly #now: () => number;
  readonly #timeOfDay: () => number;
  readonly #names = new Names((name) => this.touches.name(name));
  /** Resolvers whose answers are believed, beside the cluster's own DNS pods. */
  readonly dnsResolvers: readonly IpAddress[];
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
  constructor({ nodeName, now, timeOfDay = now, dnsResolvers = [] }: ClusterStoreOptions) {
    this.#nodeName = nodeName;
    this.#now = now;
    this.#timeOfDay = timeOfDay;
    this.dnsResolvers = dnsResolvers;
    this.sinks = {
      pods: new Kind<Pod>({
        changed: (before, after) => this.#podChanged(before, after),
        event: (at) => this.changes.add("pod", at),
        synced: (at) => this.#synced(at),
      }),
      namespaces: this.#kind("namespace", ({ name }) => this.touches.namespace(name)),
      nodes: this.#kind("node", ({ name }) => this.touches.node(name)),
      policies: this.#kind("policy", (policy) => this.touches.policy(keyOf(policy))),
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

  get names(): ReadonlyMap<string, KnownName> {
    return this.#names.byName;
  }

  /** How many addresses of names were not taken, as there were too many. */
  get refusedNames(): number {
    return this.#names.refused;
  }

  /** When `expire` has something to do; undefined while there is nothing. */
  get nextExpiry(): number | undefined {
    const { nextEnd = Infinity } = this.#names;
    const { nextExpiry = Infinity } = this.#departed;
    const next = Math.min(nextExpiry, this.#now() + nextEnd - this.#timeOfDay());
    return next === Infinity ? undefined : next;
  }

  /** Forgets the departed pods, and the addresses of names, whose time is over. */
  expire(): void {
    const now = this.#now();
    const departed = this.#departed.expire(now);
    for (const address of departed) this.touches.address(address, this.owners.get(address));
    const hasEnded = this.#names.expire(this.#timeOfDay());
    if (departed.length > 0 || hasEnded) this.changes.add("expiry", now);
  }

  /** Says which DNS names are of interest: what is known of others is forgotten. */
  wantNames(names: readonly DomainName[]): void {
    this.#names.want(names);
  }

  /**
   * Takes a DNS answer.
   *
   * @param enforced Called when it is in the kernel.
   * @returns false where it tells nothing that was not known: then nothing is called.
   */
  learn(answer: NameAnswer, enforced: () => void): boolean {
    const isNews = this.#names.learn(answer, this.#timeOfDay());
    if (isNews) this.changes.add("dns", this.#now(), enforced);
    return isNews;
  }

  /** Takes what an earlier agent knew of a DNS name, before anything is enforced. */
  restoreName(name: string, address: NamedAddress): void {
    this.#names.restore(name, address);
  }

  #kind<T extends { readonly namespace?: string; readonly name: string }>(
    trigger: Trigger,
    touch: (object: T) => void,
  ): Kind<T> {
    return new Kind<T>({
      changed: (before, after) => {
        const object = after ?? before;
        if (object !== undefined) touch(object);
      },
      event: (at) => this.changes.add(trigger, at),
      synced: (at) => this.#synced(at),
    });
  }

  #clusterPolicyKind(): Kind<ClusterNetworkPolicy> {
    return new Kind<ClusterNetworkPolicy>({
      changed: (before, after) => {
        if (before !== undefined) this.#setClusterPolicy(policyName(before), undefined);
        if (after !== undefined) this.#setClusterPolicy(policyName(after), after);
      },
      event: (at) => this.changes.add("policy", at),
      synced: (at) => this.#synced(at),
    });
  }

  #setClusterPolicy(name: string, policy: ClusterNetworkPolicy | undefined): void {
    this.touches.clusterPolicy(name);
    if (policy === undefined) this.#clusterPolicies.delete(name);
    else this.#clusterPolicies.set(name, policy);
  }

  #synced(at: number): void {
    if (this.isSynced) this.changes.add("sync", at);
  }

  #podChanged(before: Pod | undefined, after: Pod | undefined): void {
    for (const pod of [before, after]) if (pod !== undefined) this.touches.pod(keyOf(pod));
    for (const address of [...before?.addresses ?? [], ...after?.addresses ?? []]) {
      this.touches.address(address, this.owners.get(address));
    }
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
