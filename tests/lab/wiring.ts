// This module is pure.
import type { IpAddress } from "../../lib/model/address.ts";
import type { Link } from "./link.ts";
import { type Host, plan } from "./topology.ts";

/** A pod and its place on its node. */
export interface WiredPod {
  readonly host: Host;
  /** The node's end of its wire: an interface's name. */
  readonly link: string;
  /** Whether its addresses were chosen for it: they may be of any range, and another's before. */
  readonly given: boolean;
}

/** A node and its place in the fabric. */
export interface WiredNode {
  readonly host: Host;
  /** From 1. */
  readonly number: number;
}

type Sysctls = readonly (readonly [string, string])[];

/** Addresses are there at once, without looking for somebody else who has them. */
const noDuplicateDetection: Sysctls = [
  ["net.ipv6.conf.all.accept_dad", "0"],
  ["net.ipv6.conf.default.accept_dad", "0"],
];

/** One error a second, as usual, would leave it to chance who learns that there is no way. */
const everyIcmpError: Sysctls = [
  ["net.ipv4.icmp_ratelimit", "0"],
  ["net.ipv6.icmp.ratelimit", "0"],
];

/** Kernel parameters of a host, set before it has links. */
export function sysctlsOf(host: Host): Sysctls {
  const everywhere: Sysctls = [...noDuplicateDetection, ...everyIcmpError];
  if (host.kind === "pod" || host.kind === "outside") return everywhere;
  return [
    ...everywhere,
    ["net.ipv4.ip_forward", "1"],
    ["net.ipv6.conf.all.forwarding", "1"],
    // As on real nodes. Linux takes the stricter of `all` and the interface's own.
    ["net.ipv4.conf.all.rp_filter", "1"],
    ["net.ipv4.conf.default.rp_filter", "1"],
  ];
}

/** Kernel parameters of the node's end of a pod's wire: it answers ARP for the pod's gateway. */
export function linkSysctls({ link }: WiredPod): Sysctls {
  return [
    [`net.ipv4.conf.${link}.proxy_arp`, "1"],
    [`net.ipv4.neigh.${link}.proxy_delay`, "0"], // else an answer may wait for 0.8 s
  ];
}

/** The fabric's links: a bridge for the nodes, a wire of its own for the outside host. */
export function fabricLinks(nodes: readonly WiredNode[], outside: Host): readonly string[] {
  return [
    "link add nodes type bridge stp_state 0 mcast_snooping 0",
    ...nodes.flatMap(({ host, number }) => [
      `link add node${number} type veth peer name eth0 netns ${host.netns}`,
      `link set node${number} master nodes up`,
    ]),
    `link add outside type veth peer name eth0 netns ${outside.netns}`,
    "link set outside up",
    "link set nodes up",
    "link set lo up",
  ];
}

/** The links that `fabricLinks` makes, both ends of each. */
export function fabricEnds(
  fabric: Host,
  nodes: readonly WiredNode[],
  outside: Host,
): readonly Link[] {
  const own = ["nodes", "outside", ...nodes.map(({ number }) => `node${number}`)];
  const others = [outside, ...nodes.map(({ host }) => host)];
  return [
    ...own.map((name) => ({ netns: fabric.netns, name })),
    ...others.map(({ netns }) => ({ netns, name: "eth0" })),
  ];
}

/** The fabric's addresses, and the way to every node's pods. */
export function fabricAddresses(nodes: readonly WiredNode[]): readonly string[] {
  return [
    ...plan.fabric.map((address) => ownAddress(address, "nodes", 64)),
    ...plan.gateway.map((address) => ownAddress(address, "outside", 64)),
    ...nodes.flatMap(routesToPods),
  ];
}

/** A node's addresses and routes: to other nodes' pods, everything else by the fabric. */
export function nodeAddresses(node: WiredNode, all: readonly WiredNode[]): readonly string[] {
  return [
    "link set lo up",
    "link set eth0 up",
    ...node.host.addresses.map((address) => ownAddress(address, "eth0", 64)),
    ...defaultRoutes(plan.fabric, "eth0"),
    // An address that no pod has is nowhere: it must not wander between node and fabric.
    ...plan.nodePods(node.number).map((range) => `route add unreachable ${range}`),
    ...all.filter((other) => other !== node).flatMap(routesToPods),
  ];
}

/** The outside host's address and its only way. */
export function outsideAddresses(): readonly string[] {
  return [
    "link set lo up",
    "link set eth0 up",
    ...plan.outside.map((address) => ownAddress(address, "eth0", 64)),
    ...defaultRoutes(plan.gateway, "eth0"),
  ];
}

/** Makes a pod's wire, on its node. */
export function podLink({ host, link }: WiredPod): string {
  return `link add ${link} type veth peer name eth0 netns ${host.netns}`;
}

/** The node's side of a pod: a gateway, and a route to each address, taken from whoever had it. */
export function podRoutes({ host, link }: WiredPod): readonly string[] {
  const [, gateway] = plan.podGateway;
  return [
    `addr add ${gateway}/64 dev ${link} nodad`,
    `link set ${link} up`,
    ...host.addresses.map((address) => `route replace ${address} dev ${link}`),
  ];
}

/** The pod's own side: nothing is on its link but the gateway, as with routed CNI plugins. */
export function podAddresses({ host }: WiredPod): readonly string[] {
  const [gateway, gateway6] = plan.podGateway;
  return [
    "link set lo up",
    "link set eth0 up",
    ...host.addresses.map((address) => ownAddress(address, "eth0", 128)),
    `route add ${gateway} dev eth0 scope link`,
    ...defaultRoutes([gateway, gateway6], "eth0"),
  ];
}

/** The way to addresses that were given to a pod, for every other node and the fabric. */
export function givenRoutes({ host, given }: WiredPod, node: WiredNode): readonly string[] {
  if (!given) return []; // everybody knows the way to its node's range
  return host.addresses.map((address) =>
    `route replace ${address} via ${sameFamily(node, address)}`
  );
}

function sameFamily(node: WiredNode, address: IpAddress): string {
  const [ipv4, ipv6] = plan.node(node.number);
  return address.includes(":") ? ipv6 : ipv4;
}

function routesToPods({ number }: WiredNode): readonly string[] {
  const [ipv4, ipv6] = plan.node(number);
  const [range4, range6] = plan.nodePods(number);
  return [`route add ${range4} via ${ipv4}`, `route add ${range6} via ${ipv6}`];
}

function defaultRoutes([ipv4, ipv6]: readonly [string, string], link: string): readonly string[] {
  return [`route add default via ${ipv4} dev ${link}`, `route add ::/0 via ${ipv6} dev ${link}`];
}

/** `bits6` is the length of the prefix for IPv6; for IPv4 the whole address or a /24 of it. */
function ownAddress(address: IpAddress, link: string, bits6: 64 | 128): string {
  if (address.includes(":")) return `addr add ${address}/${bits6} dev ${link} nodad`;
  return `addr add ${address}/${bits6 === 128 ? 32 : 24} dev ${link}`;
}
