import { ApiSource } from "../../lab/api_source.ts";
import { CniRuntime, type PluginConfig } from "../../lab/cni_runtime.ts";
import { Cluster } from "../../lab/cluster.ts";
import type { ApiObject } from "../../lab/objects.ts";
import { podObject } from "../../lab/objects.ts";

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

/** The part of the node's pod range that host-local gives away: `first` to `last` in both families. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** What makes pods routed, with addresses of both families. */
export function ptp(cluster: Cluster, range: Range): PluginConfig {
  return { type: "ptp", mtu: 1500, ipam: hostLocal(cluster, range) };
}

/** Ours, with the agent's socket. */
export function hedgerow(cluster: Cluster): PluginConfig {
  const socket = `${cluster.lab.network.folder}/${node}/agent.sock`;
  return { type: "hedgerow-cni", socket };
}

/** A runtime on the node. */
export function runtimeOf(cluster: Cluster, ...plugins: readonly PluginConfig[]): CniRuntime {
  return new CniRuntime(cluster.lab.network, cluster.lab.host(node), plugins);
}

/** A pod of the shop as kubelet first sees it: bound, without an address. */
export function pendingPod(name: string): ApiObject {
  return podObject({ name, node, phase: "Pending" }, []);
}

/** Where host-local keeps what it has given away. */
export function leases(cluster: Cluster): string {
  return `${cluster.lab.network.folder}/host-local`;
}

function hostLocal(cluster: Cluster, { first, last }: Range): unknown {
  const range = (subnet: string, prefix: string, gateway: string): unknown => [{
    ...{ subnet, gateway, rangeStart: `${prefix}${first}`, rangeEnd: `${prefix}${last}` },
  }];
  return {
    type: "host-local",
    dataDir: leases(cluster),
    ranges: [
      range("10.244.1.0/24", "10.244.1.", "10.244.1.254"),
      range("fd00:10:244:1::/64", "fd00:10:244:1::", "fd00:10:244:1::ffff"),
    ],
    routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
  };
}
