// This module is pure.
import { familyOf, forEachFamily, type IpAddress } from "../model/address.ts";
import type { ClusterState, Pod } from "../model/cluster.ts";
import type { Endpoint, EndpointSet } from "../model/node_policy.ts";
import { compareText } from "../model/object_key.ts";
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
  const byAddress = new Map<IpAddress, readonly Endpoint[]>();
  for (const address of among) {
    const pod = state.owners.get(address);
    const endpoints = pod === undefined ? [] : endpointsAt({ address, pod }, steps, state);
    if (endpoints.length > 0) byAddress.set(address, endpoints);
  }
  const addresses = [...byAddress.keys()].sort();
  return forEachFamily((family) => {
    const own = addresses.filter((address) => familyOf(address) === family);
    return inPieces(own.flatMap((address) => byAddress.get(address) ?? []), formatEndpoint);
  });
}

/** Those at one address of a pod, each number once, sorted. */
export function endpointsAt(
  { address, pod }: { readonly address: IpAddress; readonly pod: Pod },
  steps: readonly EndpointStep[],
  state: ClusterState,
): readonly Endpoint[] {
  if (pod.ports.length === 0) return [];
  const numbers = new Set(pod.ports.map(({ port }) => port));
  return [...numbers].filter((port) => isMeant(steps, { address, pod, port }, state))
    .map((port) => ({ address, port }))
    .sort((a, b) => compareText(formatEndpoint(a), formatEndpoint(b)));
}

/** Prints an endpoint as they are sorted: no address has a space in it, or a mark before it. */
export function formatEndpoint({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}
