// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Protocol } from "../model/port.ts";

/** One connection that somebody wants to open, as policies see it. */
export interface Flow {
  /** Who opens it; the address that survives any translation on the way (NP-52). */
  readonly source: IpAddress;
  /** Where it arrives: a Service's address has become its backend's by then (NP-50). */
  readonly destination: IpAddress;
  /** What it carries. */
  readonly transport: Transport;
  /**
   * The name of the node whose own stack sends it, whatever its source address: a process of the
   * host, or of a hostNetwork pod. Undefined: a pod, or somebody outside the cluster.
   */
  readonly senderNode: string | undefined;
}

/** A protocol and the port at the destination, after translation (NP-31). */
export type Transport =
  | { readonly protocol: Protocol; readonly port: number }
  /** ICMP, GRE and all the others that policies have no name for (NP-40). */
  | { readonly protocol: "other" };
