import { equal } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import { ApiSource } from "../../lab/api_source.ts";
import { until } from "../../lab/clock.ts";
import { Cluster } from "../../lab/cluster.ts";
import { DnsClient } from "../../lab/dns_client.ts";
import { DnsServer } from "../../lab/dns_server.ts";
import { podObject } from "../../lab/objects.ts";
import { runTool } from "../../lab/tool.ts";
import type { Host } from "../../lab/topology.ts";
import { node, setBridgeNetfilter } from "../cni/chain.ts";
import { dnsService, only, outsideAddress } from "./street.ts";

const gateways = ["10.244.1.254", "fd00:10:244:1:1::ffff"];

function ip(netns: string | undefined, words: string): Promise<string> {
  return runTool("ip", words.split(" "), netns === undefined ? {} : { netns });
}

/** Gives a node a bridge for pods of it, and shows its packets to nftables. */
async function addBridge(cluster: Cluster): Promise<void> {
  const { netns } = cluster.lab.host(node);
  await ip(netns, "link add br0 type bridge");
  await ip(netns, "link set br0 up");
  await ip(netns, `addr add ${gateways[0]}/25 dev br0`);
  await ip(netns, `addr add ${gateways[1]}/80 dev br0 nodad`);
  setBridgeNetfilter(cluster, { iptables: true, ip6tables: true });
}

/** A pod whose interface is a port of the bridge; its network namespace goes with the lab's. */
async function addPod(
  cluster: Cluster,
  name: string,
  labels: Readonly<Record<string, string>>,
  place: number,
): Promise<Host> {
  const { netns: host } = cluster.lab.host(node);
  const own = name.split("/")[1] ?? "";
  const netns = `${cluster.lab.network.prefix}b-${own}`;
  const addresses = [`10.244.1.${place}`, `fd00:10:244:1:1::${place}`];
  await ip(undefined, `netns add ${netns}`);
  await ip(netns, "link set lo up");
  await ip(host, `link add v-${own} type veth peer name eth0 netns ${netns}`);
  await ip(host, `link set v-${own} master br0 up`);
  await ip(netns, "link set eth0 up");
  await ip(netns, `addr add ${addresses[0]}/25 dev eth0`);
  await ip(netns, `addr add ${addresses[1]}/80 dev eth0 nodad`);
  await ip(netns, `route add default via ${gateways[0]}`);
  await ip(netns, `-6 route add default via ${gateways[1]}`);
  const pod: Host = { kind: "pod", name, netns, node, addresses: addresses as IpAddress[] };
  cluster.put(podObject({ name, node, labels }, pod.addresses));
  return pod;
}

Deno.test("CNP-14 a pod on a bridge gets the answers of a DNS pod on the same bridge", async () => {
  await using cluster = await Cluster.create({
    ...{ nodes: [node], namespaces: { shop: {}, "kube-system": {} }, pods: [] },
    ports: [{ protocol: "TCP", port: 80 }],
    source: (lab) => new ApiSource(lab),
  });
  await addBridge(cluster);
  const dns = await addPod(cluster, "kube-system/dns", { "k8s-app": "kube-dns" }, 200);
  const web = await addPod(cluster, "shop/web", { app: "web" }, 201);
  await cluster.lab.network.setServices([{
    ...{ addresses: dnsService, protocol: "UDP", port: 53 },
    backends: dns.addresses.map((address) => ({ address, port: 53 })),
  }]);
  cluster.put(only(["*.example.com"]));
  await cluster.startAgents();
  const agent = cluster.agent(node);
  await until("answers are held", () => agent.log.some((line) => line.includes("Following DNS")));
  const addresses = [outsideAddress(1), outsideAddress(1, "IPv6")];
  await using _server = await DnsServer.start(dns, {
    "a.example.com": { addresses, seconds: 60 },
  });
  await using client = new DnsClient(web);
  for (const [at, type] of (["A", "AAAA"] as const).entries()) {
    for (const resolver of [dnsService[at], dns.addresses[at]]) {
      if (resolver === undefined) throw new Error(`no resolver for ${type}`);
      const [told] = await client.run({ resolver, names: ["a.example.com"], type });
      equal(told?.addresses?.length, 1, `${type} by ${resolver}`);
    }
  }
  equal(await agent.metric("hedgerow_dns_addresses"), 2);
});
