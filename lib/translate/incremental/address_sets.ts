// This module is pure.
import { families, familyOf, forEachFamily, type IpAddress } from "../../model/address.ts";
import type { ClusterState } from "../../model/cluster.ts";
import type { AddressSet } from "../../model/node_policy.ts";
import { hasItem } from "../../model/pieces.ts";
import { leadsTo, type Step } from "../first_match.ts";
import type { NodeSelection, PodSelection, Selection } from "../selection.ts";
import { addressSet, nodeAddresses } from "../sets.ts";
import { ClassSelections, type Selected } from "./class_selections.ts";
import { changePieces } from "./piece_list.ts";
import type { SelectionIndex } from "./selection_index.ts";
import type { SelectionUser } from "./selection_use.ts";
import { SortedTable } from "../../model/sorted_table.ts";

/** A set of addresses that groups name, and what it is made with. */
interface Entry extends SelectionUser {
  readonly key: string;
  readonly steps: readonly Step[];
  /** The selections of pods in all steps. */
  readonly pods: readonly PodSelection[];
  /** The selections of nodes in all steps. */
  readonly nodes: readonly NodeSelection[];
  /** key of a selection -> the addresses of the nodes that it selects */
  ofNodes: ReadonlyMap<string, ReadonlySet<IpAddress>>;
  /** How many groups name it. */
  users: number;
  set: AddressSet;
  /** The addresses that may have to come or go. */
  readonly doubtful: Set<IpAddress>;
}

/** The sets of addresses that groups name, kept as pods, namespaces and nodes change. */
export class AddressSets {
  readonly #index: SelectionIndex;
  readonly #entries = new Map<string, Entry>();
  readonly #sets = new SortedTable<AddressSet>();
  readonly #doubtful = new Set<Entry>();
  readonly #unused = new Set<Entry>();
  /** Those of which nobody knows yet what is in them. */
  readonly #fresh = new Set<Entry>();

  /** The index hears of pods and namespaces. */
  constructor(index: SelectionIndex) {
    this.#index = index;
  }

  /** The sets by key, as of the last `settle`; a set that did not change is the same object. */
  get list(): readonly AddressSet[] {
    return this.#sets.list;
  }

  /** Nodes have come, gone or have other labels or addresses. */
  nodesChanged(state: ClusterState): void {
    for (const entry of this.#entries.values()) {
      if (entry.nodes.length === 0) continue;
      const before = entry.ofNodes;
      entry.ofNodes = addressesOfNodes(entry.nodes, state);
      for (const [key, addresses] of entry.ofNodes) {
        const changed = addresses.symmetricDifference(before.get(key) ?? new Set<IpAddress>());
        for (const address of changed) entry.doubt(address);
      }
    }
  }

  /** A group names a set, once more or for the first time. */
  acquire(key: string, steps: readonly Step[], state: ClusterState): void {
    const entry = this.#entries.get(key) ?? this.#begin(key, steps, state);
    entry.users++;
    this.#unused.delete(entry);
  }

  /** A group that names a set is gone, or does not name it any more. */
  release(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && --entry.users === 0) this.#unused.add(entry);
  }

  /** Brings every set up to date, and drops those that no group names. */
  settle({ owners }: ClusterState): void {
    for (const entry of this.#unused) this.#end(entry);
    this.#unused.clear();
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
    for (const entry of this.#doubtful) {
      this.#settleSet(entry, (address) => isWanted(entry, address, selectionsAt(address)));
    }
    this.#doubtful.clear();
    for (const entry of this.#fresh) {
      entry.set = addressSet(entry.key, this.#addressesOf(entry, selectionsAt));
      this.#sets.set(entry.key, entry.set);
    }
    this.#fresh.clear();
  }

  #settleSet(entry: Entry, isWanted: (address: IpAddress) => boolean): void {
    const { addresses } = entry.set;
    const turned = forEachFamily(noAddresses);
    for (const address of entry.doubtful) {
      const family = familyOf(address);
      if (hasItem(addresses[family], address) !== isWanted(address)) turned[family].push(address);
    }
    entry.doubtful.clear();
    const changed = forEachFamily((family) => changePieces(addresses[family], turned[family]));
    if (families.every((family) => changed[family] === addresses[family])) return;
    entry.set = { key: entry.key, addresses: changed };
    this.#sets.set(entry.key, entry.set);
  }

  #begin(key: string, steps: readonly Step[], state: ClusterState): Entry {
    const selections = steps.flatMap((step) => step.selections);
    const nodes = selections.filter((selection) => selection.kind === "nodes");
    const entry: Entry = {
      ...{ key, steps, nodes, users: 0, doubtful: new Set<IpAddress>() },
      pods: selections.filter((selection) => selection.kind === "pods"),
      ofNodes: addressesOfNodes(nodes, state),
      set: addressSet(key, new Set()),
      doubt: (address) => {
        entry.doubtful.add(address);
        this.#doubtful.add(entry);
      },
    };
    this.#index.add(entry, entry.pods);
    this.#entries.set(key, entry);
    this.#fresh.add(entry);
    return entry;
  }

  #end(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#sets.delete(entry.key);
    this.#doubtful.delete(entry);
    this.#fresh.delete(entry);
    this.#index.remove(entry, entry.pods);
  }

  #addressesOf(
    entry: Entry,
    selectionsAt: (address: IpAddress) => Selected,
  ): ReadonlySet<IpAddress> {
    const some = new Set<IpAddress>();
    for (const { addresses } of this.#index.classesOf(entry.pods)) {
      for (const address of addresses) some.add(address);
    }
    for (const addresses of entry.ofNodes.values()) {
      for (const address of addresses) some.add(address);
    }
    if (isPlain(entry)) return some;
    return new Set([...some].filter((address) => isLedTo(entry, address, selectionsAt(address))));
  }
}

function noAddresses(): IpAddress[] {
  return [];
}

/** Where there is a single step, whom any selection selects belongs to the set. */
function isPlain({ steps }: Entry): boolean {
  return steps.length === 1;
}

function isOfNodes({ ofNodes }: Entry, address: IpAddress): boolean {
  return [...ofNodes.values()].some((addresses) => addresses.has(address));
}

function isWanted(entry: Entry, address: IpAddress, selections: Selected): boolean {
  return isPlain(entry)
    ? selections.users.has(entry) || isOfNodes(entry, address)
    : isLedTo(entry, address, selections);
}

function isLedTo(
  { steps, ofNodes }: Entry,
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
