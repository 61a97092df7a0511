// This module is pure.
import type { IpAddress } from "./address.ts";

/**
 * A pod's interface, as the CNI plugin tells of it: what `/v1/cni/` takes, in the words of the CNI
 * specification. Its address belongs to this pod before the API says so, until it is deleted.
 */
export interface Endpoint {
  /** The sandbox, as its runtime calls it. */
  readonly containerID: string;
  /** The path of its network namespace. */
  readonly netns: string;
  /** The interface within it. */
  readonly ifName: string;
  /** The namespace of the pod that it belongs to. */
  readonly podNamespace: string;
  /** That pod's `metadata.name`. */
  readonly podName: string;
  /** That pod's `metadata.uid`; "" where the runtime does not tell. */
  readonly podUID: string;
  /** What the interface was given; at least one. */
  readonly ips: readonly IpAddress[];
  /** The other end of the interface, on the host: its name; "" where the plugin does not tell. */
  readonly hostInterface: string;
  /** The bridge that the other end is a port of; "" where it is none: packets are routed there. */
  readonly bridge: string;
}

/** The mark of a key that `endpointKey` made. Types alone know it: no value has it. */
export declare const attachment: unique symbol;

/** Names one interface of one sandbox: its addresses come and go together. */
export type EndpointKey = string & { readonly [attachment]: true };

/** The key of an endpoint. */
export function endpointKey({ containerID, ifName }: EndpointName): EndpointKey {
  return `${containerID}/${ifName}` as EndpointKey;
}

/** What an endpoint is called. */
export type EndpointName = Pick<Endpoint, "containerID" | "ifName">;
