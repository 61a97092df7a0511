// This module is pure.
import type { ClusterSpec } from "../lab/cluster.ts";
import type { Target } from "../lab/matrix.ts";
import type { PodSpec } from "../lab/objects.ts";

/** The pods of the demo: a shop, those who watch over it, those who build it, and DNS. */
const pods: readonly PodSpec[] = [
  {
    name: "shop/web",
    node: "node-1",
    labels: { app: "frontend" },
    ports: [{ name: "http", port: 8080 }],
  },
  {
    name: "shop/cart",
    node: "node-2",
    labels: { app: "cart" },
    ports: [{ name: "http", port: 8000 }, { name: "metrics", port: 9102 }],
  },
  {
    name: "shop/db",
    node: "node-1",
    labels: { app: "db" },
    ports: [{ name: "sql", port: 5432 }, { name: "metrics", port: 9187 }],
  },
  { name: "ops/prom", node: "node-2", ports: [{ name: "web", port: 9090 }] },
  { name: "dev/shell", node: "node-1", ports: [{ name: "ssh", port: 22 }] },
  { name: "dev/build", node: "node-2" },
  {
    name: "kube-system/dns",
    node: "node-1",
    labels: { "k8s-app": "kube-dns" },
    ports: [{ name: "dns", port: 53, protocol: "UDP" }],
  },
];

/** Whom everybody tries to reach, column by column. */
export const targets: readonly Target[] = [
  { host: "shop/web", protocol: "TCP", port: 8080 },
  { host: "shop/cart", protocol: "TCP", port: 8000 },
  { host: "shop/cart", protocol: "TCP", port: 9102 },
  { host: "shop/db", protocol: "TCP", port: 5432 },
  { host: "shop/db", protocol: "TCP", port: 9187 },
  { host: "ops/prom", protocol: "TCP", port: 9090 },
  { host: "dev/shell", protocol: "TCP", port: 22 },
  { host: "kube-system/dns", protocol: "UDP", port: 53 },
  { host: "node-1", protocol: "TCP", port: 10250 },
  { host: "outside", protocol: "TCP", port: 443 },
];

/** Who tries, row by row. */
export const rows: readonly string[] = [
  ...pods.map(({ name }) => name),
  "node-1",
  "node-2",
  "outside",
];

/** The demo's cluster, but for where its agents get their objects from. */
export const stage: Omit<ClusterSpec, "source"> = {
  nodes: ["node-1", "node-2"],
  namespaces: { shop: {}, ops: { purpose: "monitoring" }, dev: {}, "kube-system": {} },
  pods,
  ports: targets.flatMap(({ protocol, port }) => protocol === "ICMP" ? [] : [{ protocol, port }]),
  masquerade: true,
};
