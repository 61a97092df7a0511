// This module is pure.
import { families, familyOf, forEachFamily, type IpAddress } from "../../model/address.ts";
import type { ClusterState } from "../../model/cluster.ts";
import type { AddressSet } from "../../model/peer_sets.ts";
import { hasItem } from "../../model/pieces.ts";
import { leadsTo, type Step } from "../first_match.ts";
import type { NodeSelection, Selection } from "../selection.ts";
import { addressSet, nodeAddresses } from "../sets.ts";
import { ClassSelections, type Selected } from "./class_selections.ts";
import { changePieces } from "./piece_list.ts";
import { type NewSelectedSet, type SelectedSet, SelectedSets } from "./selected_sets.ts";
import type { SelectionIndex } from "./selection_index.ts";

/** A set of addresses that groups name, and what it is made with. */
interface Kept extends SelectedSet<AddressSet> {
  readonly steps: readonly Step[];
  /** The selections of nodes in all steps. */
  readonly nodes: readonly NodeSelection[];
  /** key of a selection -> the addresses of the nodes that it selects */
  ofNodes: ReadonlyMap<string, ReadonlySet<IpAddress>>;
}

/** The sets of addresses that groups name, kept as pods, namespaces and nodes change. */
export class AddressSets {
  readonly #index: SelectionIndex;
  readonly #kept: SelectedSets<AddressSet, Kept>;

  /** The index hears of pods and namespaces. */
  constructor(index: SelectionIndex) {
    this.#index = index;
    this.#kept = new SelectedSets(index);
  }

  /** The sets by key, as of the last `settle`; a set that did not change is the same object. */
  get list(): readonly AddressSet[] {
    return this.#kept.list;
  }

  /** Nodes have come, gone or have other labels or addresses. */
  nodesChanged(state: ClusterState): void {
    for (const kept of this.#kept.all) {
      if (kept.nodes.length === 0) continue;
      const before = kept.ofNodes;
      kept.ofNodes = addressesOfNodes(kept.nodes, state);
      for (const [key, addresses] of kept.ofNodes) {
        const changed = addresses.symmetricDifference(before.get(key) ?? new Set<IpAddress>());
        for (const address of changed) kept.doubt(address);
      }
    }
  }

  /** A group names a set, once more or for the first time. */
  acquire(key: string, steps: readonly Step[], state: ClusterState): void {
    this.#kept.acquire(key, (start) => begin(start, steps, state));
  }

  /** A group that names a set is gone, or does not name it any more. */
  release(key: string): void {
    this.#kept.release(key);
  }

  /** Brings every set up to date, and drops those that no group names. */
  settle({ owners }: ClusterState): void {
    this.#kept.dropUnused();
    this.#index.settle(owners);
    const selections = new ClassSelections(this.#index);
    const known = new Map<IpAddress, Selected>(); // most are asked about for many sets
    const selectionsAt = (address: IpAddress): Selected => {
      const found = known.get(address);
      if (found !== undefined) return found;
      const owner = owners.get(address);
      const selected = selections.of(owner === undefined ? undefined : this.#index.classOf(owner));
      known.set(address, selected);
      return selected;
    };
    this.#kept.change((kept) =>
      changed(kept, (address) => isWanted(kept, address, selectionsAt(address)))
    );
    this.#kept.fill((fresh) =>
      [...fresh].map((kept) =>
        [kept, addressSet(kept.key, this.#addressesOf(kept, selectionsAt))] as const
      )
    );
  }

  #addressesOf(
    kept: Kept,
    selectionsAt: (address: IpAddress) => Selected,
  ): ReadonlySet<IpAddress> {
    const some = new Set<IpAddress>();
    for (const { addresses } of this.#index.classesOf(kept.pods)) {
      for (const address of addresses) some.add(address);
    }
    for (const addresses of kept.ofNodes.values()) {
      for (const address of addresses) some.add(address);
    }
    if (isPlain(kept)) return some;
    return new Set([...some].filter((address) => isLedTo(kept, address, selectionsAt(address))));
  }
}

function begin(start: NewSelectedSet, steps: readonly Step[], state: ClusterState): Kept {
  const selections = steps.flatMap((step) => step.selections);
  const nodes = selections.filter((selection) => selection.kind === "nodes");
  return {
    ...{ ...start, steps, nodes },
    pods: selections.filter((selection) => selection.kind === "pods"),
    ofNodes: addressesOfNodes(nodes, state),
    set: addressSet(start.key, new Set()),
  };
}

function changed(
  { key, set, doubtful }: Kept,
  isWanted: (address: IpAddress) => boolean,
): AddressSet {
  const { addresses } = set;
  const turned = forEachFamily(noAddresses);
  for (const address of doubtful) {
    const family = familyOf(address);
    if (hasItem(addresses[family], address) !== isWanted(address)) turned[family].push(address);
  }
  const now = forEachFamily((family) => changePieces(addresses[family], turned[family]));
  if (families.every((family) => now[family] === addresses[family])) return set;
  return { key, addresses: now };
}

function noAddresses(): IpAddress[] {
  return [];
}

/** Where there is a single step, whom any selection selects belongs to the set. */
function isPlain({ steps }: Kept): boolean {
  return steps.length === 1;
}

function isOfNodes({ ofNodes }: Kept, address: IpAddress): boolean {
  return [...ofNodes.values()].some((addresses) => addresses.has(address));
}

function isWanted(kept: Kept, address: IpAddress, selections: Selected): boolean {
  return isPlain(kept)
    ? selections.users.has(kept) || isOfNodes(kept, address)
    : isLedTo(kept, address, selections);
}

function isLedTo(
  { steps, ofNodes }: Kept,
  address: IpAddress,
  { keys }: Selected,
): boolean {
  const isSelected = ({ kind, key }: Selection): boolean =>
    kind === "pods" ? keys.has(key) : ofNodes.get(key)?.has(address) ?? false;
  return leadsTo(steps, address, isSelected);
}

function addressesOfNodes(
  selections: readonly NodeSelection[],
  state: ClusterState,
): ReadonlyMap<string, ReadonlySet<IpAddress>> {
  return new Map(selections.map((selection) => [
    selection.key,
    new Set(nodeAddresses([selection], state)),
  ]));
}
