import assert from "node:assert/strict";
import type { ClusterStore } from "../../lib/cluster/store.ts";
import { familyOf, type IpAddress } from "../../lib/model/address.ts";
import type { PodInterface } from "../../lib/model/pod_interface.ts";
import type { Journey } from "../walk/journey.ts";
import { formatJourney, oracleAllows, type TestedNode } from "../walk/node.ts";
import type { Packet } from "../walk/packet.ts";
import { walk } from "../walk/walk.ts";

/** Has the CNI plugin announce about every other pod of a node, with the addresses that it owns. */
export function announceSome(store: ClusterStore, nodeName: string): void {
  const own = [...store.owners].filter(([, pod]) => pod.nodeName === nodeName);
  let count = 0;
  for (const [pod, addresses] of Map.groupBy(own, ([, pod]) => pod)) {
    count++;
    if (count % 2 === 0) continue;
    const { namespace: podNamespace, name: podName, uid: podUID } = pod;
    store.announce({
      ...{ containerID: `c${count}`, ifName: "eth0", netns: `/run/netns/${count}` },
      ...{ podNamespace, podName, podUID, ips: addresses.map(([address]) => address) },
      ...{ hostInterface: `veth${count}`, bridge: count % 5 === 0 ? "cni0" : "" },
    }, () => {});
  }
}

const linkLocal = "fe80::9" as IpAddress;

/**
 * What comes from a pod by an interface that is known: with another's source it is dropped, and
 * from a link-local address to the node it is judged as if it had come from the pod's own.
 */
export function interfaceDisagreement(node: TestedNode, journey: Journey): string | undefined {
  const { client, server } = journey;
  const link = linkOf(node, journey);
  if (link === undefined || client.node !== node.name || client.isHost) return undefined;
  const passes = (change: Partial<Packet>): boolean =>
    walk(node.table, { ...packetOf(journey, link.name), ...change }).verdict === "accept";
  if (!link.addresses.includes(server.address) && passes({ saddr: server.address })) {
    return `${formatJourney(journey)}: with the server's source it leaves the pod`;
  }
  assert.ok(passes({}), `${formatJourney(journey)}: with its own source it does not leave the pod`);
  const isToNode = server.isHost && server.node === node.name;
  if (!isToNode || familyOf(client.address) === "IPv4") return undefined;
  assert.ok(passes({ saddr: linkLocal }), "a link-local source does not leave the pod");
  const connection = { direction: "original", client: linkLocal, server: server.address } as const;
  const tracking = { ...connection, state: "new", serverPort: journey.port } as const;
  const allowed = oracleAllows(node, journey);
  if (passes({ hook: "input", saddr: linkLocal, tracking }) === allowed) return undefined;
  return `${formatJourney(journey)}: from ${linkLocal} it ${allowed ? "is dropped" : "passes"}`;
}

function linkOf({ state }: TestedNode, { client }: Journey): PodInterface | undefined {
  return state.interfaces.find(({ addresses, bridge }) =>
    bridge === "" && addresses.includes(client.address)
  );
}

function packetOf({ client, server, protocol, port }: Journey, iifname: string): Packet {
  const isIcmpv6 = protocol === "icmp" && familyOf(client.address) === "IPv6";
  return {
    ...{ hook: "prerouting", iifname, oifname: "", saddr: client.address, daddr: server.address },
    protocol: isIcmpv6 ? "ipv6-icmp" : protocol,
    dport: port,
    icmpv6Type: isIcmpv6 ? 128 : undefined,
    hopLimit: 63,
    tracking: { state: "untracked" },
  };
}
