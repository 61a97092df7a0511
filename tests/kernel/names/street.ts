import type { IpAddress } from "../../../lib/model/address.ts";
import { ApiSource } from "../../lab/api_source.ts";
import { Cluster } from "../../lab/cluster.ts";
import { DnsServer, type Zone } from "../../lab/dns_server.ts";
import type { ApiObject } from "../../lab/objects.ts";
import type { Service } from "../../lab/services.ts";
import { runTool } from "../../lab/tool.ts";
import { addressOf, plan } from "../../lab/topology.ts";

/** The port that everybody answers on. */
export const port = 80;

/** The cluster's DNS service, as pods know it. */
export const dnsService = ["10.96.0.53", "fd00:10:96::53"] as unknown as readonly [
  IpAddress,
  IpAddress,
];

/** A cluster with DNS, whose pods may reach some names outside, and nothing else there. */
export interface Street extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly dns: DnsServer;
}

/**
 * Builds it: DNS is on n2, shop/web on n1 is the one that names are opened for.
 *
 * @param longest The longest answer by UDP, in bytes, where it is another than it was in the beginning.
 */
export async function createStreet(
  zone: Zone,
  names: readonly string[],
  longest?: number,
): Promise<Street> {
  await using resources = new AsyncDisposableStack();
  const cluster = resources.use(
    await Cluster.create({
      nodes: ["n1", "n2"],
      namespaces: { shop: {}, "kube-system": {} },
      pods: [
        { name: "shop/web", node: "n1", labels: { app: "web" } },
        { name: "shop/thief", node: "n1", labels: { app: "thief" } },
        { name: "kube-system/dns", node: "n2", labels: { "k8s-app": "kube-dns" } },
        { name: "shop/rogue", node: "n2", labels: { app: "rogue" } },
      ],
      ports: [{ protocol: "TCP", port }, { protocol: "UDP", port }],
      source: (lab) => new ApiSource(lab),
    }),
  );
  await cluster.lab.network.setServices(dnsServices(cluster));
  await openOutside(cluster);
  cluster.put(only(names));
  const dns = resources.use(
    await DnsServer.start(cluster.lab.host("kube-system/dns"), zone, longest),
  );
  const kept = resources.move();
  return { cluster, dns, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** What leads to the DNS pod from the service's addresses. */
export function dnsServices(cluster: Cluster): readonly Service[] {
  return (["UDP", "TCP"] as const).map((protocol) => ({
    addresses: dnsService,
    ...{ protocol, port: 53 },
    backends: cluster.lab.host("kube-system/dns").addresses.map((address) => {
      return { address, port: 53 };
    }),
  }));
}

/** The `n`th of 65,000 addresses of each family that the outside host answers at. */
export function outsideAddress(n: number, family: "IPv4" | "IPv6" = "IPv4"): string {
  const [high, low] = [n >> 8, n & 255];
  return family === "IPv4"
    ? `198.18.${high}.${low}`
    : `2001:db8:198::${high.toString(16)}:${(low + 1).toString(16)}`;
}

/** All of them are the outside host's own, and everybody knows the way. */
async function openOutside(cluster: Cluster): Promise<void> {
  const outside = cluster.lab.host("outside");
  const fabric = cluster.lab.host("fabric");
  const ip = (netns: string, words: string): Promise<string> =>
    runTool("ip", words.split(" "), { netns });
  await ip(outside.netns, "route add local 198.18.0.0/16 dev lo");
  await ip(outside.netns, "-6 route add local 2001:db8:198::/48 dev lo");
  await ip(fabric.netns, `route add 198.18.0.0/16 via ${plan.outside[0]}`);
  await ip(fabric.netns, `-6 route add 2001:db8:198::/48 via ${plan.outside[1]}`);
}

/** The web may open connections to its DNS and to names, and to nobody else. */
export function only(names: readonly string[]): ApiObject {
  return policyOfNames([
    {
      action: "Accept",
      to: [{ pods: { podSelector: { matchLabels: { "k8s-app": "kube-dns" } } } }],
    },
    { action: "Accept", to: [{ domainNames: names }] },
    { action: "Deny", to: [{ networks: ["0.0.0.0/0", "::/0"] }] },
  ]);
}

/** Of the outside host's addresses the web may open connections to names alone, and anywhere else. */
export function exceptOutside(names: readonly string[]): ApiObject {
  return policyOfNames([
    { action: "Accept", to: [{ domainNames: names }] },
    { action: "Deny", to: [{ networks: ["198.18.0.0/16", "2001:db8:198::/48"] }] },
  ]);
}

function policyOfNames(egress: readonly object[]): ApiObject {
  return {
    ...{ apiVersion: "policy.networking.k8s.io/v1alpha2", kind: "ClusterNetworkPolicy" },
    metadata: { name: "only-names" },
    spec: {
      ...{ tier: "Admin", priority: 1 },
      subject: { pods: { podSelector: { matchLabels: { app: "web" } } } },
      egress,
    },
  };
}

/** Whether the web gets through to an address. */
export async function isOpen({ cluster }: Street, address: string): Promise<boolean> {
  const from = cluster.lab.host("shop/web");
  const to = address as IpAddress;
  return await cluster.lab.traffic.probe({ from, to, protocol: "TCP", port }) === "open";
}

/** How many packets of the node's pods were denied on their way out. */
export async function denied({ cluster }: Street): Promise<number> {
  const text = await cluster.lab.network.nft("n1", "list chain inet hedgerow deny-egress");
  return Number(/counter packets (\d+)/.exec(text)?.[1]);
}

/** The DNS pod's address of a family. */
export function dnsPod({ cluster }: Street, family: "IPv4" | "IPv6"): IpAddress {
  return addressOf(cluster.lab.host("kube-system/dns"), family);
}
