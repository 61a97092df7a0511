// This module is pure.
import { familyOf, forEachFamily, type IpAddress } from "../model/address.ts";
import { addressPoint } from "../model/address_value.ts";
import type { ClusterState, Pod } from "../model/cluster.ts";
import type { Endpoint, EndpointSet } from "../model/peer_sets.ts";
import { inPieces } from "../model/pieces.ts";
import { type EndpointStep, isMeant, isNamed } from "./endpoint_steps.ts";

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
  const named = pod.ports.filter((port) => isNamed(steps, port));
  if (named.length === 0) return [];
  const point = addressPoint(address);
  const numbers = new Set(named.map(({ port }) => port));
  return [...numbers].filter((port) => isMeant(steps, { point, pod, port }, state))
    .map((port): Endpoint => `${address} ${port}`);
}
