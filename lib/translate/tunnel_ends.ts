// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { ClusterState } from "../model/cluster.ts";
import { compareText } from "../model/object_key.ts";

/** Where tunnels of pods must not end: the addresses of all nodes, sorted; undefined: they may. */
export function tunnelEndsOf(
  { nodes, denyTunnels }: Pick<ClusterState, "nodes" | "denyTunnels">,
): readonly IpAddress[] | undefined {
  if (!denyTunnels) return undefined;
  const addresses = new Set([...nodes.values()].flatMap(({ addresses }) => addresses));
  return [...addresses].sort(compareText);
}
