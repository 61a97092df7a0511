// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Pod } from "../model/cluster.ts";
import type { Endpoint, EndpointKey, EndpointName } from "../model/endpoint.ts";
import type { EndedClaims } from "../model/heritage.ts";
import { keyOf, type ObjectKey } from "../model/object_key.ts";
import type { PodInterface } from "../model/pod_interface.ts";
import { isSame } from "../model/same.ts";
import { Claims, identityOf, type PodIdentity } from "./claims.ts";
import { Departed } from "./departed.ts";
import { Endpoints } from "./endpoints.ts";
import { interfacesOf } from "./interfaces.ts";
import { Owners } from "./owners.ts";

/** What addresses are kept for. */
export interface AddressesOptions {
  /** The node whose departed pods and sandboxes matter. */
  readonly nodeName: string;
  /** Called with each address that may be about to change hands, before it does. */
  readonly touch: (address: IpAddress) => void;
}

/**
 * Whose address is whose: made of what the API says of pods and of what the CNI plugin says of
 * their sandboxes on this node. An address has one owner, or else one who has departed, or neither.
 */
export class Addresses {
  readonly #nodeName: string;
  readonly #touch: (address: IpAddress) => void;
  readonly #claims = new Claims();
  readonly #owners = new Owners();
  readonly #departed = new Departed();
  readonly #endpoints: Endpoints;
  #interfaces: readonly PodInterface[] = [];
  /** True where the interfaces may be others than they were. */
  #areInterfacesDoubtful = false;
  #hasHadRouted = false;
  /** True once the API has told of all pods. */
  #arePodsKnown = false;

  /** Nothing is known yet. */
  constructor({ nodeName, touch }: AddressesOptions) {
    this.#nodeName = nodeName;
    this.#endpoints = new Endpoints(nodeName);
    this.#touch = (address) => {
      this.#areInterfacesDoubtful ||= this.#endpoints.holderOf(address) !== undefined;
      touch(address);
    };
  }

  /** address -> the one pod that owns it. */
  get owners(): ReadonlyMap<IpAddress, Pod> {
    return this.#owners.byAddress;
  }

  /** address -> the pod that last owned it, and may still run. */
  get departed(): ReadonlyMap<IpAddress, Pod> {
    return this.#departed.byAddress;
  }

  /** The addresses that pods have no more, while the API shows them. */
  get ended(): readonly EndedClaims[] {
    return this.#claims.ended;
  }

  /** What the CNI plugin announced, the latest last. */
  get endpoints(): ReadonlyMap<EndpointKey, Endpoint> {
    return this.#endpoints.byKey;
  }

  /** The addresses that an endpoint still has. */
  addressesOf(name: EndpointName): readonly IpAddress[] {
    return this.#endpoints.addressesOf(name);
  }

  /** The host's ends of the interfaces that it announced, by name; the same list while they are. */
  get interfaces(): readonly PodInterface[] {
    if (!this.#areInterfacesDoubtful) return this.#interfaces;
    this.#areInterfacesDoubtful = false;
    const interfaces = interfacesOf(this.#endpoints, this);
    if (!isSame(this.#interfaces, interfaces)) this.#interfaces = interfaces;
    return this.#interfaces;
  }

  /** Whether an interface is known, or was, that is no port of a bridge. */
  get hasHadRouted(): boolean {
    return this.#hasHadRouted;
  }

  /** The time at which the first departed pod is to be forgotten; undefined: none. */
  get nextExpiry(): number | undefined {
    return this.#departed.nextExpiry;
  }

  /** Forgets the departed pods whose time is over; tells whether there were any. */
  expire(now: number): boolean {
    const expired = this.#departed.expire(now);
    // After the fact, as only now it is known which: nobody comes to own, or loses, any of them by it.
    for (const address of expired) this.#touch(address);
    return expired.length > 0;
  }

  /** Takes which addresses pods have no more, be it that the API has told of them already. */
  restoreEnded(ended: readonly EndedClaims[], pods: ReadonlyMap<ObjectKey, Pod>): void {
    for (const { addresses, ...pod } of ended) {
      const known = pods.get(keyOf(pod));
      for (const address of addresses) {
        this.#touch(address);
        if (known !== undefined && isSamePod(known, pod)) this.#owners.release(known, [address]);
        this.#claims.end(pod, address);
      }
    }
    if (this.#arePodsKnown) this.#claims.forgetOthers(pods);
  }

  /** The API has told of all pods. */
  podsKnown(pods: ReadonlyMap<ObjectKey, Pod>): void {
    this.#arePodsKnown = true;
    this.#claims.forgetOthers(pods);
  }

  /**
   * The API says that a pod is not what it was; undefined where there was, or is, none. What may
   * change is touched; claims are given up and taken up; what nobody claims any more has departed;
   * and then the endpoints have the last word on what they hold, whatever was made of it till then.
   */
  podChanged(before: Pod | undefined, after: Pod | undefined, now: number): void {
    const pod = after ?? before;
    if (pod === undefined) return;
    const key = keyOf(pod);
    const affected = [
      ...before?.addresses ?? [],
      ...after?.addresses ?? [],
      ...this.#endpoints.addressesOfPod(key),
    ];
    for (const address of affected) this.#touch(address);
    const released = before === undefined ? [] : this.#release(before, after);
    if (after !== undefined) this.#claim(before, after);
    if (before !== undefined) this.#keepDeparted(before, after, { released, now });
    this.#seeEndpoints(key, after, affected);
  }

  /** A sandbox has been made: its addresses are its pod's, whoever claims or held them. */
  announce(endpoint: Endpoint, pod: Pod | undefined): void {
    for (const address of [...this.#endpoints.addressesOf(endpoint), ...endpoint.ips]) {
      this.#touch(address);
      this.#end(address);
    }
    for (const address of endpoint.ips) {
      const isAnew = pod !== undefined && this.#claims.allow(pod, address);
      if (isAnew && pod.addresses.includes(address)) this.#owners.claim(pod, [address]);
    }
    this.#put(endpoint, pod);
  }

  /**
   * A sandbox that an earlier agent was told of has what it was given, but for what it has lost. It
   * ends no claim: which have ended is written down, and this one's pod may have had two sandboxes.
   */
  restore(endpoint: Endpoint, pod: Pod | undefined): void {
    const { podNamespace: namespace, podName: name, podUID: uid } = endpoint;
    const ips = endpoint.ips.filter((ip) => !this.#claims.hasEnded({ namespace, name, uid }, ip));
    for (const address of ips) this.#touch(address);
    this.#put({ ...endpoint, ips }, pod);
  }

  /**
   * A sandbox has ended: its addresses are nobody's, also while the API still shows the pod.
   *
   * @returns What was announced of it; undefined: nothing.
   */
  retire(name: EndpointName): Endpoint | undefined {
    for (const address of this.#endpoints.addressesOf(name)) {
      this.#touch(address);
      this.#end(address);
    }
    this.#areInterfacesDoubtful = true;
    return this.#endpoints.delete(name);
  }

  /**
   * A sandbox seems to be gone: its addresses are whose the API says, as if it had never been.
   *
   * @returns What was announced of it; undefined: nothing.
   */
  forget(name: EndpointName, now: number): Endpoint | undefined {
    for (const address of this.#endpoints.addressesOf(name)) {
      this.#touch(address);
      const holder = this.#endpoints.holderOf(address);
      this.#endpoints.free(address);
      this.#settle(address);
      const isOwned = holder === undefined || this.owners.has(address);
      if (!isOwned) this.#departed.keep(address, holder.pod, now);
    }
    this.#areInterfacesDoubtful = true;
    return this.#endpoints.delete(name);
  }

  /** What a sandbox is given it takes from whoever holds it. */
  #put(endpoint: Endpoint, pod: Pod | undefined): void {
    this.#endpoints.put(endpoint, pod);
    this.#hasHadRouted ||= endpoint.hostInterface !== "" && endpoint.bridge === "";
    this.#areInterfacesDoubtful = true;
    for (const address of endpoint.ips) this.#settle(address);
  }

  /** Gives up what a pod claimed, and tells what that was. */
  #release(before: Pod, after: Pod | undefined): readonly IpAddress[] {
    const claimed = this.#claims.of(before);
    this.#owners.release(before, claimed);
    if (after === undefined || !isSamePod(before, after)) this.#claims.forget(before);
    return claimed;
  }

  /** Takes up what a pod claims. What the API shows no longer has ended for it, too. */
  #claim(before: Pod | undefined, after: Pod): void {
    for (const address of before?.addresses ?? []) {
      if (!after.addresses.includes(address)) this.#claims.allow(after, address);
    }
    this.#owners.claim(after, this.#claims.of(after));
    for (const address of after.addresses) {
      if (this.owners.has(address)) this.#departed.forget(address);
    }
  }

  /** Keeps the addresses that a live pod of this node has released, and that nobody has now. */
  #keepDeparted(
    before: Pod,
    after: Pod | undefined,
    { released, now }: { readonly released: readonly IpAddress[]; readonly now: number },
  ): void {
    if (before.nodeName !== this.#nodeName) return;
    // The pod is there and lives: an address that it no longer has is not its any more.
    if (after !== undefined && after.uid === before.uid && !after.ended) return;
    for (const address of released) {
      if (!this.owners.has(address)) this.#departed.keep(address, before, now);
    }
  }

  /**
   * What a pod's endpoints hold is held by what the pod is now; undefined: by what it last was. Until
   * then it is the former record that holds it, and owns it, though it has been released.
   */
  #seeEndpoints(key: ObjectKey, pod: Pod | undefined, affected: readonly IpAddress[]): void {
    if (this.endpoints.size === 0) return;
    this.#endpoints.see(key, pod);
    for (const address of affected) {
      if (this.#endpoints.holderOf(address) !== undefined) this.#settle(address);
    }
  }

  /** Takes an address from the endpoint that holds it, and from its pod. */
  #end(address: IpAddress): void {
    const holder = this.#endpoints.holderOf(address);
    if (holder === undefined) return;
    if (holder.isLive) this.#owners.release(holder.pod, [address]);
    // Who has left the API claims nothing; who has not come yet will.
    if (holder.isLive || !this.#arePodsKnown) this.#claims.end(holder.pod, address);
    this.#endpoints.free(address);
    this.#owners.hold(address, undefined);
    this.#departed.forget(address);
  }

  /** A holder that has left or ended keeps its rules until its sandbox has. */
  #settle(address: IpAddress): void {
    const holder = this.#endpoints.holderOf(address);
    this.#owners.hold(address, holder);
    if (holder === undefined || this.owners.has(address)) this.#departed.forget(address);
    else this.#departed.hold(address, holder.pod);
  }
}

function isSamePod(a: PodIdentity, b: PodIdentity): boolean {
  return identityOf(a) === identityOf(b);
}
