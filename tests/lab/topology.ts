// This module is pure.
import { type Family, familyOf, type IpAddress } from "../../lib/model/address.ts";

/** A cluster to be built: what stands where. Addresses follow from the order. */
export interface Topology {
  readonly nodes: readonly NodeSpec[];
  /**
   * True: what pods send to addresses outside the cluster leaves with their node's address, as
   * most clusters have it. Default false: everybody sees everybody's own address.
   */
  readonly masquerade?: boolean;
}

/** A node and the pods that it begins with. */
export interface NodeSpec {
  readonly name: string;
  /** Names as `namespace/name`, each but once in the cluster. */
  readonly pods: readonly string[];
}

/** What stands at one end of a wire. */
export type HostKind = "fabric" | "node" | "outside" | "pod";

/** A host of the lab: a network namespace with addresses. */
export interface Host {
  readonly kind: HostKind;
  /** `fabric`, `outside`, a node's name, or a pod's `namespace/name`. */
  readonly name: string;
  /** The name of its network namespace, for `ip netns`. */
  readonly netns: string;
  /** IPv4 first; a pod may lack a family. */
  readonly addresses: readonly IpAddress[];
  /** Pods: the node that it runs on. */
  readonly node: string | undefined;
}

/** The name of the host that joins everything and on which API servers listen. */
export const FABRIC = "fabric";
/** The name of the host that is no part of the cluster. */
export const OUTSIDE = "outside";

/** A host's address of a family; undefined when it has none. */
export function findAddress(host: Host, family: Family): IpAddress | undefined {
  return host.addresses.find((address) => familyOf(address) === family);
}

/** A host's address of a family, which it must have. */
export function addressOf(host: Host, family: Family): IpAddress {
  const address = findAddress(host, family);
  if (address === undefined) throw new Error(`Cannot find an ${family} address of ${host.name}`);
  return address;
}

/** The networks and addresses of the lab, all of them fixed. `node` counts from 1. */
export const plan = {
  /** The fabric's own addresses in the nodes' network. */
  fabric: pair("172.30.0.254", "fd30::254"),
  /** The fabric's addresses in the outside host's network: its gateway. */
  gateway: pair("203.0.113.1", "2001:db8:113::1"),
  /** The outside host's. */
  outside: pair("203.0.113.9", "2001:db8:113::9"),
  /** All pods of the cluster. */
  podRanges: ["10.244.0.0/16", "fd00:10:244::/48"],
  /** Service addresses are to be taken from here. */
  serviceRanges: ["10.96.0.0/16", "fd00:10:96::/112"],
  /** What every pod has as its gateway: nobody's address in IPv4 (proxy ARP), its veth's in IPv6. */
  podGateway: pair("169.254.1.1", "fe80::1"),
  node: (node: number): readonly [IpAddress, IpAddress] =>
    pair(`172.30.0.${node}`, `fd30::${node}`),
  /** The pods of one node, as ranges. */
  nodePods: (node: number): readonly [string, string] => [
    `10.244.${node}.0/24`,
    `fd00:10:244:${node}::/64`,
  ],
  /** `pod` counts from 2 on each node; its digits stand in both addresses. */
  pod: (node: number, pod: number): readonly [IpAddress, IpAddress] =>
    pair(`10.244.${node}.${pod}`, `fd00:10:244:${node}::${pod}`),
} as const;

function pair(ipv4: string, ipv6: string): readonly [IpAddress, IpAddress] {
  return [ipv4 as IpAddress, ipv6 as IpAddress];
}
