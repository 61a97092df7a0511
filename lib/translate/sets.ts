// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { ClusterState } from "../model/cluster.ts";
import type { Endpoint, EndpointSet, PodSet } from "../model/node_policy.ts";
import { compareText } from "../model/object_key.ts";
import { formatNameAllowance, type NameAllowance } from "./allowances.ts";
import { isPeer } from "./peers.ts";
import { isSelected, type Selection } from "./selection.ts";

/** The sets that rules name, collected while the rules are made: key -> what defines it. */
export interface SetDefinitions {
  /** For each `PodSet`: a pod belongs to it that any of the selections selects. */
  readonly pods: Map<string, readonly Selection[]>;
  /** For each `EndpointSet`: a pod's port belongs to it that any of the allowances means. */
  readonly endpoints: Map<string, readonly NameAllowance[]>;
}

/** Names the set of all pods that the selections select; undefined where there are none. */
export function podSetKey(
  definitions: SetDefinitions,
  selections: readonly Selection[],
): string | undefined {
  if (selections.length === 0) return undefined;
  const key = selections.map((selection) => selection.key).join("; ");
  definitions.pods.set(key, selections);
  return key;
}

/** Names the set of all endpoints that named ports of one protocol mean. */
export function endpointSetKey(
  definitions: SetDefinitions,
  allowances: readonly NameAllowance[],
): string {
  const key = allowances.map(formatNameAllowance).join("; ");
  definitions.endpoints.set(key, allowances);
  return key;
}

/** The content of every set of pods, by key: owners only, so that no set says "any" (NP-16). */
export function podSets(definitions: SetDefinitions, state: ClusterState): readonly PodSet[] {
  return sorted(definitions.pods).map(([key, selections]) => {
    const addresses: IpAddress[] = [];
    for (const [address, pod] of state.owners) {
      if (selections.some((s) => isSelected(pod, s, state))) addresses.push(address);
    }
    return { key, addresses: addresses.sort(compareText) };
  });
}

/** The content of every set of endpoints, by key. */
export function endpointSets(
  definitions: SetDefinitions,
  state: ClusterState,
): readonly EndpointSet[] {
  return sorted(definitions.endpoints).map(([key, allowances]) => {
    return { key, endpoints: endpointsOf(allowances, state) };
  });
}

/** Each pod's own numbers at its own addresses: pairs, never the cross product (NP-34). */
function endpointsOf(
  allowances: readonly NameAllowance[],
  state: ClusterState,
): readonly Endpoint[] {
  const endpoints = new Map<string, Endpoint>();
  for (const [address, pod] of state.owners) {
    for (const { name, protocol, port } of pod.ports) {
      const isMeant = allowances.some((a) =>
        a.name === name && a.protocol === protocol && isPeer(a.peers, { address, pod }, state)
      );
      if (isMeant) endpoints.set(`${address} ${port}`, { address, port });
    }
  }
  return [...endpoints.values()].sort((a, b) =>
    compareText(a.address, b.address) || a.port - b.port
  );
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => compareText(a, b));
}
