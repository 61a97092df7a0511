// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { AddressRange } from "../model/address_range.ts";
import type { ClusterState, Namespace, Node, Pod } from "../model/cluster.ts";
import type { ClusterNetworkPolicy, DomainName } from "../model/cluster_network_policy.ts";
import type { Heritage } from "../model/heritage.ts";
import type { Newcomer } from "../model/newcomer.ts";
import type { KnownName, NamedAddress } from "../model/known_name.ts";
import type { NetworkPolicy } from "../model/network_policy.ts";
import type { Endpoint, EndpointKey, EndpointName } from "../model/endpoint.ts";
import { keyOf, type ObjectKey } from "../model/object_key.ts";
import type { PodInterface } from "../model/pod_interface.ts";
import { policyName } from "../model/policy_name.ts";
import { Changes, type Trigger } from "./changes.ts";
import { Addresses } from "./addresses.ts";
import { isPodOf, podKeyOf } from "./endpoints.ts";
import { LocalPods } from "./local_pods.ts";
import { Kind } from "./kind.ts";
import { type NameAnswer, Names, type Refused } from "./names.ts";
import { Newcomers } from "./newcomers.ts";
import { PodListeners } from "./pod_listeners.ts";
import type { ClusterStoreOptions } from "./store_options.ts";
import { Touches } from "./touches.ts";

/**
 * What the API says, as it is known at this moment. Events go in at the sinks, and come out as
 * state only; `changes` tells that there is something new, and `touches` where.
 */
export class ClusterStore implements ClusterState {
  /** What no pass has taken yet. Before all kinds have synced nothing is taken. */
  readonly changes: Changes = new Changes();
  /** What no translation has looked at yet. */
  readonly touches: Touches = new Touches();
  readonly #now: () => number;
  readonly #timeOfDay: () => number;
  readonly #names = new Names((name) => this.touches.name(name));
  /** Resolvers whose answers are believed, beside the cluster's own DNS pods. */
  readonly dnsResolvers: readonly IpAddress[];
  /** Whether what leaves pods must come from them. */
  readonly antiSpoof: boolean;
  /** Prefixes in which addresses that are no known pod's are cut off. */
  readonly podBlocks: readonly AddressRange[];
  /** Whether pods may have no tunnels to nodes. */
  readonly denyTunnels: boolean;
  readonly #addresses: Addresses;
  readonly #localPods: LocalPods;
  readonly #newcomers = new Newcomers();
  readonly #listeners = new PodListeners();
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
  constructor(options: ClusterStoreOptions) {
    const { nodeName, now, timeOfDay = now } = options;
    this.#now = now;
    this.#timeOfDay = timeOfDay;
    this.dnsResolvers = options.dnsResolvers ?? [];
    this.antiSpoof = options.antiSpoof ?? true;
    this.podBlocks = options.podBlocks ?? [];
    this.denyTunnels = options.denyTunnels ?? false;
    this.#localPods = new LocalPods(nodeName);
    this.#addresses = new Addresses({
      nodeName,
      touch: (address) => this.touches.address(address, this.owners.get(address)),
    });
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
    return this.#addresses.owners;
  }

  get departed(): ReadonlyMap<IpAddress, Pod> {
    return this.#addresses.departed;
  }

  get interfaces(): readonly PodInterface[] {
    return this.#addresses.interfaces;
  }

  /** How many pods of this node have addresses and no interface that is known. */
  get podsWithoutInterface(): number {
    return this.#localPods.countWithout(this.interfaces);
  }

  /** True once every kind has been told whole. Nothing may be enforced before. */
  get isSynced(): boolean {
    return Object.values(this.sinks).every((kind) => kind.isSynced);
  }

  get hasSandboxes(): boolean {
    return this.endpoints.size > 0;
  }

  get checksSources(): boolean {
    return this.antiSpoof && this.#addresses.hasHadRouted;
  }

  /** What the next agent must know of addresses. */
  get heritage(): Heritage {
    return { eras: this.#newcomers.eras, ended: this.#addresses.ended };
  }

  /** Takes what an earlier agent knew of addresses, before anything is enforced. */
  restore({ eras, ended }: Heritage): void {
    this.#newcomers.restore(eras, this.#now());
    this.#addresses.restoreEnded(ended, this.pods);
  }

  get newcomers(): readonly Newcomer[] {
    return this.#newcomers.list;
  }

  get names(): ReadonlyMap<string, KnownName> {
    return this.#names.byName;
  }

  /** What of names was not taken, as there was too much. */
  get refusedNames(): Refused {
    return this.#names.refused;
  }

  /** When `expire` has something to do; undefined while there is nothing. */
  get nextExpiry(): number | undefined {
    const { nextEnd = Infinity } = this.#names;
    const own = [this.#addresses, this.#newcomers].map((one) => one.nextExpiry ?? Infinity);
    const next = Math.min(...own, this.#now() + nextEnd - this.#timeOfDay());
    return next === Infinity ? undefined : next;
  }

  /** Forgets the departed pods, the newcomers, and the addresses of names, whose time is over. */
  expire(): void {
    const now = this.#now();
    const expired = [this.#addresses, this.#newcomers].map((one) => one.expire(now));
    expired.push(this.#names.expire(this.#timeOfDay()));
    if (expired.includes(true)) this.changes.add("expiry", now);
  }

  /** Says which DNS names are of interest: what is known of others is forgotten. */
  wantNames(names: readonly DomainName[]): void {
    this.#names.want(names);
  }

  /**
   * Takes a DNS answer.
   *
   * @param enforced Called when it is in the kernel.
   * @returns false where it tells nothing that was not known, or too much waits for the kernel
   *   already: then nothing is called.
   */
  learn(answer: NameAnswer, enforced: () => void): boolean {
    const isNews = this.#names.learn(answer, this.#timeOfDay());
    return isNews && this.changes.add("dns", this.#now(), enforced);
  }

  /** Takes what an earlier agent knew of a DNS name, before anything is enforced. */
  restoreName(name: string, address: NamedAddress): void {
    this.#names.restore(name, address);
  }

  /** What the CNI plugin announced, the latest last. */
  get endpoints(): ReadonlyMap<EndpointKey, Endpoint> {
    return this.#addresses.endpoints;
  }

  /** The pod that an endpoint belongs to, while it is live; undefined where it is not known. */
  podOf(endpoint: Endpoint): Pod | undefined {
    const pod = this.pods.get(podKeyOf(endpoint));
    return pod !== undefined && isPodOf(endpoint, pod) ? pod : undefined;
  }

  /**
   * Calls back whenever `podOf` may have another answer, and when everything has synced.
   *
   * @returns what ends it.
   */
  onPodOf(endpoint: Endpoint, callback: () => void): () => void {
    return this.#listeners.add(podKeyOf(endpoint), callback);
  }

  /**
   * Takes an endpoint: its addresses are its pod's from now on, whoever else claims them.
   *
   * @param enforced Called when that is in the kernel.
   */
  announce(endpoint: Endpoint, enforced: () => void): void {
    this.#newcomers.add(endpoint, this.#now());
    this.#addresses.announce(endpoint, this.podOf(endpoint));
    this.changes.add("cni", this.#now(), enforced);
  }

  /** Takes an endpoint that was announced to an earlier agent: the connections that it has are its. */
  restoreEndpoint(endpoint: Endpoint, enforced: () => void): void {
    this.#addresses.restore(endpoint, this.podOf(endpoint));
    this.changes.add("cni", this.#now(), enforced);
  }

  /** Forgets an endpoint and whose its addresses were, even while the API still shows the pod. */
  retire(name: EndpointName): void {
    const endpoint = this.#addresses.retire(name);
    if (endpoint === undefined) return;
    this.#newcomers.remove(endpoint);
    this.changes.add("cni", this.#now());
  }

  /** Forgets an endpoint that seems to be gone: what the API says of its addresses holds again. */
  forgetEndpoint(name: EndpointName): void {
    if (this.#addresses.forget(name, this.#now()) === undefined) return;
    this.changes.add("cni", this.#now());
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
    if (!this.isSynced) return;
    this.#addresses.podsKnown(this.pods);
    this.changes.add("sync", at);
    this.#listeners.tellAll();
  }

  #podChanged(before: Pod | undefined, after: Pod | undefined): void {
    const pod = after ?? before;
    if (pod === undefined) return;
    this.touches.pod(keyOf(pod));
    this.#addresses.podChanged(before, after, this.#now());
    this.#localPods.podChanged(before, after);
    this.#listeners.tell(keyOf(pod));
  }
}
