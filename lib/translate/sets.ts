// This module is pure.
import { familyOf, forEachFamily, type IpAddress } from "../model/address.ts";
import type { ClusterState } from "../model/cluster.ts";
import type { DomainName } from "../model/cluster_network_policy.ts";
import { formatDomainName } from "../model/known_name.ts";
import { compareText } from "../model/object_key.ts";
import type { AddressSet, EndpointSet, NameSet } from "../model/peer_sets.ts";
import { inPieces } from "../model/pieces.ts";
import { formatAllowance } from "./allowances.ts";
import { type EndpointStep, normalSteps } from "./endpoint_steps.ts";
import { endpointsOf } from "./endpoints.ts";
import { formatSteps, leadsTo, type Step } from "./first_match.ts";
import { nameSet } from "./name_set.ts";
import { isNodeSelected, isPodSelected, type Selection } from "./selection.ts";

/** The sets that rules name, collected while the rules are made: key -> what defines it. */
export interface SetDefinitions {
  /** For each `AddressSet`: the way to those who belong to it. */
  readonly addresses: Map<string, readonly Step[]>;
  /** For each `EndpointSet`: the way to the pods' ports that belong to it. */
  readonly endpoints: Map<string, readonly EndpointStep[]>;
  /** For each `NameSet`: what any of the names stands for belongs to it. */
  readonly names: Map<string, readonly DomainName[]>;
}

/** Nothing yet. */
export function noDefinitions(): SetDefinitions {
  return { addresses: new Map(), endpoints: new Map(), names: new Map() };
}

/** Names the set that some steps lead to; undefined where they lead to nobody. */
export function addressSetKey(
  definitions: SetDefinitions,
  steps: readonly Step[],
): string | undefined {
  const [first, ...more] = steps;
  if (first === undefined) return undefined;
  const isPlain = first.isMember && more.length === 0;
  const key = isPlain ? first.selections.map(({ key }) => key).join("; ") : formatSteps(steps);
  definitions.addresses.set(key, steps);
  return key;
}

/** Names the set of endpoints that some steps lead to. */
export function endpointSetKey(
  definitions: SetDefinitions,
  steps: readonly EndpointStep[],
): string {
  const way = normalSteps(steps);
  const isPlain = way.every(({ isMember }) => isMember);
  const key = way.map(({ said, isMember }) =>
    `${isPlain ? "" : isMember ? "+ " : "- "}${formatAllowance(said)}`
  ).join("; ");
  definitions.endpoints.set(key, way);
  return key;
}

/** Names the set of all that the names stand for; undefined where there are none. */
export function nameSetKey(
  definitions: SetDefinitions,
  names: readonly DomainName[],
): string | undefined {
  if (names.length === 0) return undefined;
  const key = names.map(formatDomainName).join(", ");
  definitions.names.set(key, names);
  return key;
}

/** The content of every set of addresses, by key. */
export function addressSets(
  definitions: SetDefinitions,
  state: ClusterState,
): readonly AddressSet[] {
  return sorted(definitions.addresses).map(([key, steps]) =>
    addressSet(key, addressesAt(steps, state))
  );
}

/** A set of addresses, in its order. */
export function addressSet(key: string, content: ReadonlySet<IpAddress>): AddressSet {
  const all = [...content];
  const addresses = forEachFamily((family) =>
    inPieces(all.filter((address) => familyOf(address) === family).sort())
  );
  return { key, addresses };
}

/** The addresses that steps lead to, of pods and nodes. */
function addressesAt(steps: readonly Step[], state: ClusterState): ReadonlySet<IpAddress> {
  const selections = steps.filter(({ isMember }) => isMember).flatMap((step) => step.selections);
  const some = new Set([...podAddresses(selections, state), ...nodeAddresses(selections, state)]);
  if (steps.length === 1) return some;
  const ofNodes = new Map<Selection, ReadonlySet<IpAddress>>();
  const isSelected = (address: IpAddress) => (selection: Selection): boolean => {
    if (selection.kind === "nodes") {
      const known = ofNodes.get(selection) ?? new Set(nodeAddresses([selection], state));
      ofNodes.set(selection, known);
      return known.has(address);
    }
    const owner = state.owners.get(address);
    return owner !== undefined && isPodSelected(owner, selection, state);
  };
  return new Set([...some].filter((address) => leadsTo(steps, address, isSelected(address))));
}

/** Of owners only, so that no set says "any" (NP-16, CNP-10). */
function* podAddresses(
  selections: readonly Selection[],
  state: ClusterState,
): Iterable<IpAddress> {
  if (!selections.some(({ kind }) => kind === "pods")) return;
  for (const [address, pod] of state.owners) {
    if (selections.some((selection) => isPodSelected(pod, selection, state))) yield address;
  }
}

/** CNP-12: every address of the nodes, the own node's included. */
export function* nodeAddresses(
  selections: readonly Selection[],
  state: Pick<ClusterState, "nodes">,
): Iterable<IpAddress> {
  if (!selections.some(({ kind }) => kind === "nodes")) return;
  for (const node of state.nodes.values()) {
    if (selections.some((selection) => isNodeSelected(node, selection))) yield* node.addresses;
  }
}

/** The content of every set of endpoints, by key. */
export function endpointSets(
  definitions: SetDefinitions,
  state: ClusterState,
): readonly EndpointSet[] {
  return sorted(definitions.endpoints).map(([key, steps]) => {
    return { key, endpoints: endpointsOf(steps, state) };
  });
}

/** The content of every set of named addresses, by key. */
export function nameSets(definitions: SetDefinitions, state: ClusterState): readonly NameSet[] {
  return sorted(definitions.names).map(([key, names]) => nameSet(key, names, state));
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => compareText(a, b));
}
