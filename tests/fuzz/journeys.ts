import type { Family, IpAddress } from "../../lib/model/address.ts";
import { familyOf } from "../../lib/model/address.ts";
import { bitsOf } from "../../lib/model/address_range.ts";
import { formatAddressValue } from "../../lib/model/address_value.ts";
import type { NetworkPolicy, PolicyRule } from "../../lib/model/network_policy.ts";
import type { End, Journey } from "../walk/journey.ts";
import type { TestedNode } from "../walk/node.ts";
import type { Probe } from "./cluster.ts";

/** The addresses of the nodes. */
const hosts: readonly End[] = ["n1", "n2", "n3"].flatMap((node, index) =>
  [`192.168.0.${index + 1}`, `fd00:168::${index + 1}`].map((text) => {
    return { address: text as IpAddress, node, isHost: true };
  })
);

const strangers = ["203.0.113.9", "198.51.100.1", "2001:db8::9", "2001:db8:ffff::1"] as IpAddress[];

interface Choices {
  readonly ends: readonly End[];
  readonly transports: readonly Pick<Journey, "protocol" | "port">[];
}

/**
 * The connections that probes choose: between pods, departed ones, nodes, strangers, and
 * whoever has an address at the edge of a block; to ports at the edges of ranges, and to those
 * that pods declare.
 */
export function journeysOf(
  nodes: readonly TestedNode[],
  probes: readonly Probe[],
): readonly Journey[] {
  const { ends, transports } = choicesOf(nodes);
  return probes.flatMap((probe) => {
    const client = ends[probe.client % ends.length];
    if (client === undefined) return [];
    const servers = ends.filter(({ address }) => familyOf(address) === familyOf(client.address));
    const server = servers[probe.server % servers.length];
    const transport = transports[probe.transport % transports.length];
    return server === undefined || transport === undefined
      ? []
      : [{ client, server, ...transport }];
  });
}

function choicesOf(nodes: readonly TestedNode[]): Choices {
  const ends = new Map<string, End>();
  for (const { state } of nodes) {
    for (const [address, { nodeName }] of [...state.owners, ...state.departed]) {
      ends.set(address, { address, node: nodeName === "" ? undefined : nodeName, isHost: false });
    }
  }
  const policies = [...nodes[0]?.state.policies.values() ?? []];
  const others = [...strangers, ...policies.flatMap(edgesOf)];
  for (const address of others) {
    if (!ends.has(address)) ends.set(address, { address, node: undefined, isHost: false });
  }
  // Pods thrice, as it is they who are judged.
  const pods = [...ends.values()].filter(({ node }) => node !== undefined);
  return {
    ends: [...ends.values(), ...pods, ...pods, ...hosts],
    transports: transportsOf(nodes, policies),
  };
}

/** The first and last addresses of blocks and exceptions, and their neighbours. */
function edgesOf(policy: NetworkPolicy): readonly IpAddress[] {
  return rulesOf(policy).flatMap(({ peers }) =>
    (peers ?? []).flatMap((peer) => {
      if (peer.kind !== "ipBlock") return [];
      return [peer.cidr, ...peer.except].flatMap(({ family, first, last }) =>
        [first - 1n, first, last, last + 1n].flatMap((value) => addressAt(family, value))
      );
    })
  );
}

function addressAt(family: Family, value: bigint): readonly IpAddress[] {
  const isThere = value >= 0n && value < 1n << BigInt(bitsOf(family));
  return isThere ? [formatAddressValue(family, value)] : [];
}

function transportsOf(
  nodes: readonly TestedNode[],
  policies: readonly NetworkPolicy[],
): Choices["transports"] {
  const ports = new Set([80, 443]);
  for (const { port } of [...nodes[0]?.state.pods.values() ?? []].flatMap(({ ports }) => ports)) {
    ports.add(port);
  }
  for (const port of policies.flatMap(rulesOf).flatMap(({ ports }) => ports ?? [])) {
    if (port.kind !== "range") continue;
    const { first, last } = port.range;
    for (const edge of [first - 1, first, last, last + 1]) ports.add(edge);
  }
  const numbers = [...ports].filter((port) => port >= 1 && port <= 65535);
  return [
    ...["tcp", "udp", "sctp"].flatMap((protocol) => numbers.map((port) => ({ protocol, port }))),
    ...["icmp", "gre"].map((protocol) => ({ protocol, port: undefined })),
  ];
}

function rulesOf({ ingress, egress }: NetworkPolicy): readonly PolicyRule[] {
  return [...ingress, ...egress];
}
