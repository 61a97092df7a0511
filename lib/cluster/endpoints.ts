// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Pod } from "../model/cluster.ts";
import {
  type Endpoint,
  type EndpointKey,
  endpointKey,
  type EndpointName,
} from "../model/endpoint.ts";
import { keyOf, type ObjectKey } from "../model/object_key.ts";
import type { Holder } from "./owners.ts";

/** The pods' interfaces that the CNI plugin announced: which of them holds which address. */
export class Endpoints {
  readonly #nodeName: string;
  /** In the order in which they were announced. */
  readonly #endpoints = new Map<EndpointKey, Endpoint>();
  readonly #holders = new Map<EndpointKey, Holder>();
  readonly #byAddress = new Map<IpAddress, EndpointKey>();
  readonly #byPod = new Map<ObjectKey, Set<EndpointKey>>();

  /** Made for the node whose plugin it is. */
  constructor(nodeName: string) {
    this.#nodeName = nodeName;
  }

  /** All that are announced, the latest last. */
  get byKey(): ReadonlyMap<EndpointKey, Endpoint> {
    return this.#endpoints;
  }

  /** Takes one up, with its pod where that is known: its addresses are taken from all others. */
  put(endpoint: Endpoint, pod: Pod | undefined): void {
    const key = endpointKey(endpoint);
    this.delete(endpoint);
    this.#endpoints.set(key, endpoint);
    this.#setPod(endpoint, pod ?? this.#stranger(endpoint), pod !== undefined);
    for (const address of endpoint.ips) this.#byAddress.set(address, key);
    const podKey = podKeyOf(endpoint);
    this.#byPod.set(podKey, (this.#byPod.get(podKey) ?? new Set()).add(key));
  }

  /** Forgets one; gives what it was, undefined where there was none. */
  delete(name: EndpointName): Endpoint | undefined {
    const key = endpointKey(name);
    const endpoint = this.#endpoints.get(key);
    if (endpoint === undefined) return undefined;
    for (const address of this.addressesOf(name)) this.free(address);
    this.#endpoints.delete(key);
    this.#holders.delete(key);
    const podKey = podKeyOf(endpoint);
    const keys = this.#byPod.get(podKey);
    keys?.delete(key);
    if (keys?.size === 0) this.#byPod.delete(podKey);
    return endpoint;
  }

  /** Takes an address from whoever holds it. */
  free(address: IpAddress): void {
    this.#byAddress.delete(address);
  }

  /** Whose an address is; undefined where no endpoint holds it. */
  holderOf(address: IpAddress): Holder | undefined {
    const key = this.#byAddress.get(address);
    return key === undefined ? undefined : this.#holders.get(key);
  }

  /** The pod of an endpoint: as it is or, where it has left the API or ended, as it last was. */
  podOf(name: EndpointName): Pod | undefined {
    return this.#holders.get(endpointKey(name))?.pod;
  }

  /** The addresses that an endpoint holds: none that another was given since. */
  addressesOf(name: EndpointName): readonly IpAddress[] {
    return this.#heldBy(endpointKey(name));
  }

  /** The addresses that a pod's endpoints hold. */
  addressesOfPod(pod: ObjectKey): readonly IpAddress[] {
    return [...this.#byPod.get(pod) ?? []].flatMap((key) => this.#heldBy(key));
  }

  /** Takes note of what a pod is now; undefined: it has left the API. */
  see(podKey: ObjectKey, pod: Pod | undefined): void {
    for (const key of this.#byPod.get(podKey) ?? []) {
      const endpoint = this.#endpoints.get(key);
      const known = this.#holders.get(key)?.pod;
      if (endpoint === undefined || known === undefined) continue;
      const isItsPod = pod !== undefined && isPodOf(endpoint, pod);
      this.#setPod(endpoint, isItsPod ? pod : known, isItsPod);
    }
  }

  #setPod(endpoint: Endpoint, pod: Pod, isLive: boolean): void {
    this.#holders.set(endpointKey(endpoint), { pod, isLive });
  }

  #heldBy(key: EndpointKey): readonly IpAddress[] {
    return (this.#endpoints.get(key)?.ips ?? [])
      .filter((address) => this.#byAddress.get(address) === key);
  }

  /**
   * What stands for a pod that nobody knows any more, as it left the API while no agent ran: its
   * processes may still be there, and nobody knows which policies would select it.
   */
  #stranger({ podNamespace, podName, podUID, ips }: Endpoint): Pod {
    return {
      namespace: podNamespace,
      name: podName,
      uid: podUID,
      labels: {},
      nodeName: this.#nodeName,
      hostNetwork: false,
      ended: false,
      addresses: ips,
      ports: [],
      createdAt: 0,
      broken: true,
      allowedSources: [],
    };
  }
}

/** The key of the pod that an endpoint belongs to. */
export function podKeyOf({ podNamespace, podName }: Endpoint): ObjectKey {
  return keyOf({ namespace: podNamespace, name: podName });
}

/**
 * Tells whether a pod, found by its key, is live and the one that an endpoint belongs to. Neither
 * has every runtime a uid to tell, nor has a manifest.
 */
export function isPodOf({ podUID }: Endpoint, { uid, ended, hostNetwork }: Pod): boolean {
  if (ended || hostNetwork) return false;
  return podUID === "" || uid === "" || podUID === uid;
}
