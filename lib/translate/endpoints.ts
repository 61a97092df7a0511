// This module is pure.
import { familyOf, forEachFamily, type IpAddress } from "../model/address.ts";
import type { ClusterState, Pod } from "../model/cluster.ts";
import type { Endpoint, EndpointSet } from "../model/peer_sets.ts";
import { inPieces } from "../model/pieces.ts";
import { type EndpointStep, isMeant } from "./endpoint_steps.ts";

/**
 * Each pod's own numbers at its own addresses: pairs, never the cross product (NP-34).
 *
 * @param among The addresses that are looked at; default: all that pods own.
 */
export function endpointsOf(
  steps: readonly EndpointStep[],
  state: ClusterState,
  among: Iterable<IpAddress> = state.owners.keys(),
): EndpointSet["endpoints"] {
  const found = forEachFamily((): Endpoint[] => []);
  for (const address of among) {
    const pod = state.owners.get(address);
    if (pod !== undefined) {
      found[familyOf(address)].push(...endpointsAt({ address, pod }, steps, state));
    }
  }
  return forEachFamily((family) => inPieces(found[family].sort()));
}

/** Those at one address of a pod, each number once, in any order. */
export function endpointsAt(
  { address, pod }: { readonly address: IpAddress; readonly pod: Pod },
  steps: readonly EndpointStep[],
  state: ClusterState,
): readonly Endpoint[] {
  if (pod.ports.length === 0) return [];
  const numbers = new Set(pod.ports.map(({ port }) => port));
  return [...numbers].filter((port) => isMeant(steps, { address, pod, port }, state))
    .map((port): Endpoint => `${address} ${port}`);
}
