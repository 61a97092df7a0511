// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { ClusterState } from "../model/cluster.ts";
import type { DomainName } from "../model/cluster_network_policy.ts";
import type { Heritage } from "../model/heritage.ts";
import type { Newcomer } from "../model/newcomer.ts";
import type { NamedAddress, UsedAddresses } from "../model/known_name.ts";
import type { Endpoint, EndpointKey, EndpointName } from "../model/endpoint.ts";
import type { PodInterface } from "../model/pod_interface.ts";
import { Addresses } from "./addresses.ts";
import { Changes } from "./changes.ts";
import { type NameAnswer, Names, type Refused } from "./names.ts";
import { Newcomers } from "./newcomers.ts";
import { Objects, type Sinks } from "./objects.ts";
import type { ClusterStoreOptions } from "./store_options.ts";
import { Touches } from "./touches.ts";

/**
 * The cluster as it is known at this moment, by what the API, the CNI plugin and DNS say. Whatever
 * they tell comes out as state only; `changes` tells that there is something new, and `touches`
 * where.
 */
export class ClusterStore implements ClusterState {
  /** What no pass has taken yet. Before all kinds have synced nothing is taken. */
  readonly changes: Changes = new Changes();
  /** What no translation has looked at yet. */
  readonly touches: Touches = new Touches();
  /** What the API says. */
  readonly objects: Objects;
  /** What the CNI plugin announced, the latest last. */
  readonly endpoints: ReadonlyMap<EndpointKey, Endpoint>;

  // Of these ClusterState says what they are. The maps stay the same ones, whatever is in them.
  readonly pods: ClusterState["pods"];
  readonly namespaces: ClusterState["namespaces"];
  readonly nodes: ClusterState["nodes"];
  readonly policies: ClusterState["policies"];
  readonly clusterPolicies: ClusterState["clusterPolicies"];
  readonly owners: ClusterState["owners"];
  readonly departed: ClusterState["departed"];
  readonly names: ClusterState["names"];
  readonly dnsResolvers: ClusterState["dnsResolvers"];
  readonly antiSpoof: ClusterState["antiSpoof"];
  readonly podBlocks: ClusterState["podBlocks"];
  readonly denyTunnels: ClusterState["denyTunnels"];

  readonly #now: () => number;
  readonly #timeOfDay: () => number;
  readonly #addresses: Addresses;
  readonly #newcomers = new Newcomers();
  readonly #names = new Names((name) => this.touches.name(name));

  /** It knows nothing until its sinks are told. */
  constructor(options: ClusterStoreOptions) {
    const { nodeName, now, timeOfDay = now } = options;
    const { changes, touches } = this;
    this.#now = now;
    this.#timeOfDay = timeOfDay;
    this.dnsResolvers = options.dnsResolvers ?? [];
    this.antiSpoof = options.antiSpoof ?? true;
    this.podBlocks = options.podBlocks ?? [];
    this.denyTunnels = options.denyTunnels ?? false;
    this.#addresses = new Addresses({
      nodeName,
      touch: (address) => touches.address(address, this.owners.get(address)),
    });
    this.objects = new Objects({
      ...{ nodeName, changes, touches },
      podChanged: (before, after) => this.#addresses.podChanged(before, after, now()),
      synced: () => this.#addresses.podsKnown(this.pods),
    });
    const { pods, namespaces, nodes, policies } = this.sinks;
    this.pods = pods.objects;
    this.namespaces = namespaces.objects;
    this.nodes = nodes.objects;
    this.policies = policies.objects;
    this.clusterPolicies = this.objects.clusterPolicies;
    this.owners = this.#addresses.owners;
    this.departed = this.#addresses.departed;
    this.endpoints = this.#addresses.endpoints;
    this.names = this.#names.byName;
  }

  /** Where the API's events go in. */
  get sinks(): Sinks {
    return this.objects.sinks;
  }

  /** True once every kind has been told whole. Nothing may be enforced before. */
  get isSynced(): boolean {
    return this.objects.isSynced;
  }

  get interfaces(): readonly PodInterface[] {
    return this.#addresses.interfaces;
  }

  /** How many pods of this node have addresses and no interface that is known. */
  get podsWithoutInterface(): number {
    return this.objects.localPods.countWithout(this.interfaces);
  }

  get hasSandboxes(): boolean {
    return this.endpoints.size > 0;
  }

  get checksSources(): boolean {
    return this.antiSpoof && this.#addresses.hasHadRouted;
  }

  /** The addresses that an endpoint still has: none that another was given since, or that it lost. */
  addressesOf(name: EndpointName): readonly IpAddress[] {
    return this.#addresses.addressesOf(name);
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

  get usedAddresses(): readonly UsedAddresses[] {
    return this.#names.used;
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

  /** Takes what was used in an earlier agent's time, before anything is enforced. */
  restoreUsed(used: readonly UsedAddresses[]): void {
    this.#names.restoreUsed(used);
  }

  /**
   * Takes an endpoint: its addresses are its pod's from now on, whoever else claims them.
   *
   * @param enforced Called when that is in the kernel.
   */
  announce(endpoint: Endpoint, enforced: () => void): void {
    this.#newcomers.add(endpoint, this.#now());
    this.#addresses.announce(endpoint, this.objects.podOf(endpoint));
    this.changes.add("cni", this.#now(), enforced);
  }

  /** Takes an endpoint that was announced to an earlier agent: the connections that it has are its. */
  restoreEndpoint(endpoint: Endpoint, enforced: () => void): void {
    this.#addresses.restore(endpoint, this.objects.podOf(endpoint));
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
}
