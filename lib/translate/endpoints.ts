// This module is pure.
import { familyOf, forEachFamily, type IpAddress } from "../model/address.ts";
import { addressPoint } from "../model/address_value.ts";
import type { ClusterState, Pod } from "../model/cluster.ts";
import type { Endpoint, EndpointSet } from "../model/peer_sets.ts";
import { inPieces } from "../model/pieces.ts";
import { type EndpointStep, isMeant, portKey, portsOf } from "./endpoint_steps.ts";

/** Finds the numbers of a pod's ports that belong to a set at one of its addresses. */
export type NumbersAt = (address: IpAddress, pod: Pod) => readonly number[];

/**
 * Each pod's own numbers at its own addresses: pairs, never the cross product (NP-34).
 *
 * @param among The addresses that are looked at; default: all that pods own.
 * @param numbersAt Default: asks at each address.
 */
export function endpointsOf(
  steps: readonly EndpointStep[],
  state: ClusterState,
  among: Iterable<IpAddress> = state.owners.keys(),
  numbersAt: NumbersAt = numbersBySteps(steps, state),
): EndpointSet["endpoints"] {
  const found = forEachFamily((): Endpoint[] => []);
  for (const address of among) {
    const pod = state.owners.get(address);
    if (pod === undefined) continue;
    for (const port of numbersAt(address, pod)) found[familyOf(address)].push(`${address} ${port}`);
  }
  return forEachFamily((family) => inPieces(found[family].sort()));
}

/** Asks the steps at each address: each number once, in any order. */
export function numbersBySteps(steps: readonly EndpointStep[], state: ClusterState): NumbersAt {
  const ports = portsOf(steps);
  return (address, pod) => {
    const named = pod.ports.filter((port) => ports.has(portKey(port)));
    if (named.length === 0) return [];
    const point = addressPoint(address);
    const numbers = new Set(named.map(({ port }) => port));
    return [...numbers].filter((port) => isMeant(steps, { point, pod, port }, state));
  };
}
