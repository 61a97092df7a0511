import type { Family, IpAddress } from "../../lib/model/address.ts";
import { familyOf } from "../../lib/model/address.ts";
import { bitsOf } from "../../lib/model/address_range.ts";
import { formatAddressValue } from "../../lib/model/address_value.ts";
import type { AddressRange } from "../../lib/model/address_range.ts";
import type { ClusterState } from "../../lib/model/cluster.ts";
import type { PortRange } from "../../lib/model/port.ts";
import type { End, Journey } from "../walk/journey.ts";
import type { TestedNode } from "../walk/node.ts";
import type { Probe } from "./cluster.ts";
import { addressesOf, nodeNames } from "./nodes.ts";

/** The addresses of the nodes. */
const hosts: readonly End[] = nodeNames.flatMap((node) =>
  addressesOf(node).map((text) => ({ address: text as IpAddress, node, isHost: true }))
);

const strangers = ["203.0.113.9", "198.51.100.1", "2001:db8::9", "2001:db8:ffff::1"] as IpAddress[];

type Transport = Pick<Journey, "protocol" | "port">;

interface Choices {
  readonly ends: readonly End[];
  readonly transports: readonly Transport[];
  /** What the owner of an address declares by name. */
  named(address: IpAddress): readonly Transport[];
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
  const { ends, transports, named } = choicesOf(nodes);
  return probes.flatMap((probe) => {
    const client = ends[probe.client % ends.length];
    if (client === undefined) return [];
    const servers = ends.filter(({ address }) => familyOf(address) === familyOf(client.address));
    const server = servers[probe.server % servers.length];
    // Every second time what the server declares by name, if anything: it is rarely met by chance.
    const own = server === undefined ? [] : named(server.address);
    const choices = own.length > 0 && probe.transport % 2 === 0 ? own : transports;
    const transport = choices[(probe.transport >> 1) % choices.length];
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
  const state = nodes[0]?.state;
  const told = [...state?.names.values() ?? []].flatMap(({ current }) => [...current.keys()]);
  const ranges = state === undefined ? [] : rangesOf(state);
  const others = [...strangers, ...told, ...ranges.flatMap(edgesOf)];
  for (const address of others) {
    if (!ends.has(address)) ends.set(address, { address, node: undefined, isHost: false });
  }
  // Pods thrice, as it is they who are judged.
  const pods = [...ends.values()].filter(({ node }) => node !== undefined);
  return {
    ends: [
      ...[...ends.values(), ...pods, ...pods, ...hosts, ...hosts],
      ...told.flatMap((address) => ends.get(address) ?? []),
    ],
    transports: transportsOf(state),
    named: (address) =>
      (state?.owners.get(address)?.ports ?? []).map(({ protocol, port }) => {
        return { protocol: protocol.toLowerCase(), port };
      }),
  };
}

/** All blocks that policies name, and their exceptions. */
function rangesOf(state: ClusterState): readonly AddressRange[] {
  const blocks = [...state.policies.values()].flatMap(rulesOf)
    .flatMap(({ peers }) => peers ?? [])
    .flatMap((peer) => peer.kind === "ipBlock" ? [peer.cidr, ...peer.except] : []);
  const networks = [...state.clusterPolicies.values()].flatMap(rulesOf)
    .flatMap(({ peers }) => peers)
    .flatMap((peer) => peer.kind === "networks" ? peer.ranges : []);
  return [...blocks, ...networks];
}

/** The first and last addresses of a block, and their neighbours. */
function edgesOf({ family, first, last }: AddressRange): readonly IpAddress[] {
  return [first - 1n, first, last, last + 1n].flatMap((value) => addressAt(family, value));
}

function addressAt(family: Family, value: bigint): readonly IpAddress[] {
  const isThere = value >= 0n && value < 1n << BigInt(bitsOf(family));
  return isThere ? [formatAddressValue(family, value)] : [];
}

function transportsOf(state: ClusterState | undefined): Choices["transports"] {
  const ports = new Set([80, 443]);
  for (const { port } of [...state?.pods.values() ?? []].flatMap(({ ports }) => ports)) {
    ports.add(port);
  }
  for (const { first, last } of state === undefined ? [] : portRangesOf(state)) {
    for (const edge of [first - 1, first, last, last + 1]) ports.add(edge);
  }
  const numbers = [...ports].filter((port) => port >= 1 && port <= 65535);
  return [
    ...["tcp", "udp", "sctp"].flatMap((protocol) => numbers.map((port) => ({ protocol, port }))),
    ...["icmp", "gre"].map((protocol) => ({ protocol, port: undefined })),
  ];
}

/** All ports and ranges of ports that policies name by number. */
function portRangesOf(state: ClusterState): readonly PortRange[] {
  const entries = [
    ...[...state.policies.values()].flatMap(rulesOf).flatMap(({ ports }) => ports ?? []),
    ...[...state.clusterPolicies.values()].flatMap(rulesOf)
      .flatMap(({ protocols }) => protocols ?? []),
  ];
  return entries.flatMap((entry) => entry.kind === "range" ? [entry.range] : []);
}

function rulesOf<Rule>(
  { ingress, egress }: { readonly ingress: readonly Rule[]; readonly egress: readonly Rule[] },
): readonly Rule[] {
  return [...ingress, ...egress];
}
