import type { Family, IpAddress } from "../../../lib/model/address.ts";
import { portsTableName } from "../../../lib/render/ports_table.ts";
import type { Cluster } from "../../lab/cluster.ts";
import type { Hop } from "../../lab/frame.ts";
import { hardwareAddress } from "../../lab/link_addresses.ts";
import { setSysctls } from "../../lab/netns.ts";
import { podObject } from "../../lab/objects.ts";
import { FABRIC, type Host } from "../../lab/topology.ts";
import {
  hedgerow,
  mainPlugin,
  node,
  pendingPod,
  runtimeOf,
  setBridgeNetfilter,
  thiefOf,
} from "../cni/chain.ts";
import type { ChainEdit } from "../semantics/table.ts";
import { PORT } from "../two_nodes.ts";
import type { Stage } from "./attack.ts";

/** A node with pods on a bridge, made by Debian's plugin. */
export interface BridgeStage extends Stage {
  readonly cluster: Cluster;
  /** Isolated in both directions; the plugin announced her. */
  readonly mallory: Host;
  /** Announced, and open. */
  readonly bob: Host;
  /** Open; nobody announced them. */
  readonly neighbour: Host;
  readonly node: Host;
}

/** Fills a cluster of `createShop` with pods on a bridge; whoever made the cluster ends it. */
export async function setBridgeStage(
  cluster: Cluster,
  args: readonly string[] = [],
): Promise<BridgeStage> {
  await cluster.startAgents(args);
  setBridgeNetfilter(cluster, { iptables: true, ip6tables: true });
  const main = mainPlugin(cluster, "bridge", { first: 200, last: 210 });
  const runtime = runtimeOf(cluster, main, hedgerow(cluster));
  const start = async (name: string): Promise<Host> => {
    const object = pendingPod(name);
    cluster.put(object);
    const { uid = "" } = object.metadata;
    const pod = await runtime.add({ id: name.replace("/", "-"), pod: name, uid });
    const { metadata } = object;
    cluster.put({ ...podObject({ name, node }, pod.addresses), metadata });
    return pod;
  };
  const [mallory, bob] = [await start("shop/mallory"), await start("street/bob")];
  const neighbour = await thiefOf(cluster, "bridge");
  const { traffic } = cluster.lab;
  for (const pod of [mallory, bob, neighbour]) await traffic.serve(pod, "TCP", PORT);
  for (
    const host of [
      mallory,
      bob,
      neighbour,
      ...["outside", node].map((n) => cluster.lab.host(n)),
    ]
  ) {
    await traffic.serve(host, "UDP", PORT);
  }
  return {
    ...{ cluster, traffic, mallory, bob, neighbour, node: cluster.lab.host(node) },
    host: (name) => cluster.lab.host(name),
    agent: (name) => cluster.agent(name),
  };
}

/** From one host's link to another's; of the node it is that of the bridge. */
export async function hopBetween(from: Host, to: Host): Promise<Hop> {
  return {
    source: await hardwareAddress(from),
    destination: await hardwareAddress(to, to.kind === "node" ? "cni0" : "eth0"),
  };
}

/** Takes the rules that match out of a chain of the table of ports. */
export function withoutPortRule(chain: string, rule: RegExp): ChainEdit {
  return {
    ...{ node, table: portsTableName, chain },
    edit: (rules) => {
      const left = rules.filter((text) => !rule.test(text));
      if (left.length === rules.length) throw new Error(`${chain}: no rule is like ${rule}`);
      return left;
    },
  };
}

/** An address of a family that no pod has. */
export function nobodys(family: Family): IpAddress {
  return (family === "IPv4" ? "203.0.113.77" : "2001:db8:113::77") as IpAddress;
}

/** Linux takes the larger of `all` and the interface's own. */
export function filterBridgesReversePaths({ cluster }: BridgeStage, value: string): void {
  for (const [host, links] of [[node, ["cni0"]], [FABRIC, ["nodes", "outside"]]] as const) {
    setSysctls(
      cluster.lab.host(host).netns,
      ["all", ...links].map((link) => [`net.ipv4.conf.${link}.rp_filter`, value]),
    );
  }
}
