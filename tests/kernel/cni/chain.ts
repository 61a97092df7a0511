import type { IpAddress } from "../../../lib/model/address.ts";
import type { Endpoint } from "../../../lib/model/endpoint.ts";
import { ApiSource } from "../../lab/api_source.ts";
import { CniRuntime, type PluginConfig, type SandboxSpec } from "../../lab/cni_runtime.ts";
import type { Host } from "../../lab/topology.ts";
import { Cluster } from "../../lab/cluster.ts";
import { setSysctls } from "../../lab/netns.ts";
import { type ApiObject, podObject } from "../../lab/objects.ts";

/** The node whose pods come by CNI. */
export const node = "n1";

/** A node with a thief on it; a shop whose pods may neither send nor receive. */
export async function createShop(): Promise<Cluster> {
  const cluster = await Cluster.create({
    nodes: [node],
    namespaces: { shop: {}, street: {} },
    pods: [{ name: "street/thief", node }],
    ports: [{ protocol: "TCP", port: 80 }],
    source: (lab) => new ApiSource(lab),
  });
  cluster.put({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "default-deny", namespace: "shop" },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  });
  return cluster;
}

/** What host-local gives away: addresses that end in `first` to `last`, in both families. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** What pods come by: routed, or as ports of a bridge. */
export type MainPlugin = "ptp" | "bridge";

/** What makes pods routed (100 to 250) or ports of a bridge (129 to 250), and gives them addresses. */
export function mainPlugin(cluster: Cluster, type: MainPlugin, range: Range): PluginConfig {
  const ipam = hostLocal(cluster, subnets[type], range);
  const traits = type === "ptp" ? {} : { bridge: "cni0", isGateway: true, hairpinMode: true };
  return { type, mtu: 1500, ...traits, ipam };
}

/** The addresses that a pod has who is given the one that ends in `last`. */
export function podAddresses(type: MainPlugin, last: number): readonly IpAddress[] {
  return subnets[type].map(({ prefix }) => `${prefix}${last}` as IpAddress);
}

/**
 * Who is up to no good: as near to pods as can be. Beside a bridge's pods it is a port of their
 * bridge, which looks often for who is not there yet.
 */
export async function thiefOf(cluster: Cluster, type: MainPlugin): Promise<Host> {
  const thief = cluster.lab.host("street/thief");
  if (type === "ptp") return thief;
  const runtime = runtimeOf(cluster, mainPlugin(cluster, type, { first: 130, last: 130 }));
  const name = "street/neighbour";
  const neighbour = await runtime.add({ id: "neighbour", pod: name, uid: "neighbour" });
  cluster.put(podObject({ name, node }, neighbour.addresses));
  setSysctls(neighbour.netns, [
    ["net.ipv4.neigh.eth0.retrans_time_ms", "5"],
    ["net.ipv6.neigh.eth0.retrans_time_ms", "5"],
  ]);
  return neighbour;
}

/** The addresses that the node has for pods to reach it by. */
export function gateways(type: MainPlugin): readonly IpAddress[] {
  return subnets[type].map(({ gateway }) => gateway as IpAddress);
}

/** Has a bridge's packets shown to nft, or not. */
export function setBridgeNetfilter(
  cluster: Cluster,
  values: Readonly<Partial<Record<"iptables" | "ip6tables", boolean>>>,
): void {
  const entries = Object.entries(values).map(([name, isOn]) =>
    [`net.bridge.bridge-nf-call-${name}`, isOn ? "1" : "0"] as const
  );
  setSysctls(cluster.lab.host(node).netns, entries);
}

/** Ours, with the agent's socket. */
export function hedgerow(cluster: Cluster): PluginConfig {
  return { type: "hedgerow-cni", socket: agentSocket(cluster) };
}

/** Where the node's agent is told of pods. */
export function agentSocket({ lab }: Cluster): string {
  return `${lab.network.folder}/${node}/agent.sock`;
}

/** A runtime on the node. */
export function runtimeOf(cluster: Cluster, ...plugins: readonly PluginConfig[]): CniRuntime {
  return new CniRuntime(cluster.lab.network, cluster.lab.host(node), plugins);
}

/** What the agent was told of a sandbox that a runtime has added. */
export function announced(runtime: CniRuntime, sandbox: SandboxSpec, host: Host): Endpoint {
  const [podNamespace = "", podName = ""] = sandbox.pod.split("/");
  const links = runtime.hostInterfaces(sandbox);
  return {
    ...{ containerID: sandbox.id, ifName: "eth0", netns: host.netns },
    ...{ podNamespace, podName, podUID: sandbox.uid, ips: host.addresses },
    hostInterface: links.at(-1) ?? "",
    bridge: links.length > 1 ? links[0] ?? "" : "",
  };
}

/** A pod of the shop as kubelet first sees it: bound, without an address. */
export function pendingPod(name: string): ApiObject {
  return podObject({ name, node, phase: "Pending" }, []);
}

/** Where host-local keeps what it has given away. */
export function leases(cluster: Cluster): string {
  return `${cluster.lab.network.folder}/host-local`;
}

interface Subnet {
  readonly subnet: string;
  /** What addresses begin with. */
  readonly prefix: string;
  readonly gateway: string;
}

/**
 * Parts of the node's range. A bridge has its own as a network: it must win over the node's route
 * for what no pod has, and no routed pod is to be in it.
 */
const subnets: Readonly<Record<MainPlugin, readonly Subnet[]>> = {
  ptp: [
    { subnet: "10.244.1.0/24", prefix: "10.244.1.", gateway: "10.244.1.254" },
    {
      subnet: "fd00:10:244:1::/64",
      prefix: "fd00:10:244:1::",
      gateway: "fd00:10:244:1::ffff",
    },
  ],
  bridge: [
    { subnet: "10.244.1.128/25", prefix: "10.244.1.", gateway: "10.244.1.254" },
    {
      subnet: "fd00:10:244:1:1::/80",
      prefix: "fd00:10:244:1:1::",
      gateway: "fd00:10:244:1:1::ffff",
    },
  ],
};

function hostLocal(
  cluster: Cluster,
  own: readonly Subnet[],
  { first, last }: Range,
): unknown {
  return {
    type: "host-local",
    dataDir: leases(cluster),
    ranges: own.map(({ subnet, prefix, gateway }) => [{
      ...{ subnet, gateway, rangeStart: `${prefix}${first}`, rangeEnd: `${prefix}${last}` },
    }]),
    routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
  };
}
