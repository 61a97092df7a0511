// This module is pure.
import type { PacketFlow } from "./flow.ts";

/** Where something of a lane stands; the node makes the links, and so comes first. */
export const places = ["node", "clients", "servers"] as const;

/** One of them. */
export type Place = typeof places[number];

/** Lines of `ip -batch` for each place, and the node's own nft script. */
export interface LaneScripts extends Readonly<Record<Place, readonly string[]>> {
  /** A table that only makes the kernel track connections. */
  readonly tracking: string;
}

const gateway = "169.254.1.1";
/** Links have fixed addresses, and everybody knows everybody's: nobody has to ask. */
const hardware = { node: "02:00:00:00:00:01", end: "02:00:00:00:00:02" } as const;

/** What builds a lane for flows. `netns` names the network namespace of a place. */
export function laneScripts(
  flows: readonly PacketFlow[],
  netns: (place: Place) => string,
): LaneScripts {
  const clients = [...new Set(flows.map(({ client }) => client))];
  const servers = [...new Set(flows.map(({ server }) => server))];
  const both = clients.find((address) => servers.includes(address));
  if (both !== undefined) throw new Error(`Cannot build a lane: ${both} is client and server`);
  return {
    node: [
      ...nodeLines("clients", clients, netns("clients")),
      ...nodeLines("servers", servers, netns("servers")),
    ],
    clients: endLines(clients),
    servers: endLines(servers),
    tracking: "table inet bench-tracking { chain forward {\n" +
      "type filter hook forward priority filter; policy accept;\n" +
      "ct state invalid drop\n}\n}\n",
  };
}

function nodeLines(link: Place, addresses: readonly string[], netns: string): readonly string[] {
  return [
    `link add ${link} address ${hardware.node} type veth peer name eth0 address ${hardware.end} netns ${netns}`,
    `link set ${link} up`,
    ...addresses.flatMap((address) => [
      `route add ${address} dev ${link}`,
      `neigh add ${address} lladdr ${hardware.end} dev ${link} nud permanent`,
    ]),
  ];
}

function endLines(addresses: readonly string[]): readonly string[] {
  return [
    "link set lo up",
    "link set eth0 up",
    ...addresses.map((address) => `addr add ${address}/32 dev eth0`),
    `neigh add ${gateway} lladdr ${hardware.node} dev eth0 nud permanent`,
    `route add default via ${gateway} dev eth0 onlink`,
  ];
}
