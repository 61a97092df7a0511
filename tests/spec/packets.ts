import type { IpAddress } from "../../lib/model/address.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import { type TestedNode, testedNode } from "../walk/node.ts";
import type { Connection, Packet } from "../walk/packet.ts";
import { walk } from "../walk/walk.ts";
import { cluster } from "./cluster.ts";
import type { ApiObject } from "./objects.ts";

/** Addresses that packets in these tests come from and go to. */
export const addresses = {
  /** x/a, on n1. */
  a: "10.0.1.1" as IpAddress,
  a6: "fd00::1:1" as IpAddress,
  /** x/c, on n1. */
  c: "10.0.1.3" as IpAddress,
  c6: "fd00::1:3" as IpAddress,
  /** y/b, on n2. */
  b: "10.0.2.2" as IpAddress,
  b6: "fd00::2:2" as IpAddress,
  router: "198.51.100.1" as IpAddress,
  router6: "2001:db8:1::1" as IpAddress,
  outside: "203.0.113.9" as IpAddress,
  outside6: "2001:db8::9" as IpAddress,
  node: "192.168.0.1" as IpAddress,
  node6: "fd00:168::1" as IpAddress,
  /** Where node-local DNS caches listen. */
  cache: "169.254.20.10" as IpAddress,
} as const;

/** The node n1 of the cluster with these policies. */
export function nodeWith(...policies: readonly ApiObject[]): TestedNode {
  return testedNode("n1", stateOf(decodeObjects(cluster(...policies)), "n1"));
}

/** Tells whether a packet passes a node; it is forwarded where nothing else is said. */
export function passes(
  node: TestedNode,
  packet: Partial<Packet> & Pick<Packet, "saddr" | "daddr" | "protocol" | "tracking">,
): boolean {
  const rest = { hook: "forward", iifname: "veth0", oifname: "", hopLimit: 63 } as const;
  const made = { ...rest, dport: undefined, icmpv6Type: undefined, ...packet };
  return walk(node.table, made).verdict === "accept";
}

/** What conntrack says of an ICMP error about the connection of client and server. */
export function errorAbout(client: IpAddress, server: IpAddress): Connection {
  return { state: "related", direction: "reply", client, server, serverPort: 80 };
}
