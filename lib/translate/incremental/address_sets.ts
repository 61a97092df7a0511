// This module is pure.
import { families, familyOf, forEachFamily, type IpAddress } from "../../model/address.ts";
import type { ClusterState, Pod } from "../../model/cluster.ts";
import type { AddressSet } from "../../model/node_policy.ts";
import { leadsTo, type Step } from "../first_match.ts";
import type { NodeSelection, PodSelection, Selectable, Selection } from "../selection.ts";
import { addressSet, nodeAddresses } from "../sets.ts";
import { changePieces, hasItem } from "./piece_list.ts";
import type { PodClass } from "./pod_classes.ts";
import { homeOf, SelectionIndex, type SelectionUse } from "./selection_index.ts";
import { SortedTable } from "./sorted_table.ts";

/** A set of addresses that groups name, and what it is made with. */
interface Entry {
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

type Class = PodClass<SelectionUse<Entry>>;

/** The sets of addresses that groups name, kept as pods, namespaces and nodes change. */
export class AddressSets {
  readonly #index = new SelectionIndex<Entry>();
  readonly #entries = new Map<string, Entry>();
  readonly #sets = new SortedTable<AddressSet>();
  readonly #doubtful = new Set<Entry>();
  readonly #unused = new Set<Entry>();

  /** The sets by key, as of the last `settle`; a set that did not change is the same object. */
  get list(): readonly AddressSet[] {
    return this.#sets.list;
  }

  /** The addresses that pods of a namespace own. */
  *addressesIn(namespace: string): Iterable<IpAddress> {
    for (const { addresses } of this.#index.classes.in(namespace)) yield* addresses;
  }

  /** An address has, or may have, another owner. */
  ownerChanged(
    address: IpAddress,
    before: Pod | undefined,
    after: Pod | undefined,
    state: ClusterState,
  ): void {
    const { classes } = this.#index;
    const from = before === undefined ? undefined : classes.of(before);
    const usesOf = (pod: Selectable): readonly SelectionUse<Entry>[] =>
      this.#index.usesOf(pod, state);
    const to = after === undefined ? undefined : classes.add(address, after, usesOf);
    if (from === to) return;
    if (before !== undefined) classes.remove(address, before);
    for (const { uses } of [from, to].filter((podClass) => podClass !== undefined)) {
      for (const { users } of uses) for (const entry of users) this.#doubt(entry, address);
    }
  }

  /** A namespace has come, gone or has other labels. */
  namespaceChanged(namespace: string, state: ClusterState): void {
    for (const podClass of this.#index.classes.in(namespace)) {
      const before = podClass.uses;
      podClass.uses = this.#index.usesOf(podClass, state);
      const [old, now] = [new Set(before), new Set(podClass.uses)];
      for (const { users } of old.symmetricDifference(now)) {
        for (const entry of users) {
          for (const address of podClass.addresses) this.#doubt(entry, address);
        }
      }
    }
  }

  /** Nodes have come, gone or have other labels or addresses. */
  nodesChanged(state: ClusterState): void {
    for (const entry of this.#entries.values()) {
      if (entry.nodes.length === 0) continue;
      const before = entry.ofNodes;
      entry.ofNodes = addressesOfNodes(entry.nodes, state);
      for (const [key, addresses] of entry.ofNodes) {
        const changed = addresses.symmetricDifference(before.get(key) ?? new Set<IpAddress>());
        for (const address of changed) this.#doubt(entry, address);
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
    for (const entry of this.#unused) {
      this.#entries.delete(entry.key);
      this.#sets.delete(entry.key);
      this.#doubtful.delete(entry);
      this.#index.remove(entry, entry.pods);
    }
    this.#unused.clear();
    const known = new Map<Class, ReadonlySet<Entry>>();
    for (const entry of this.#doubtful) {
      this.#settleSet(entry, (address) => {
        const podClass = this.#classAt(address, owners);
        if (!isPlain(entry)) return isLedTo(entry, address, podClass);
        return isOfNodes(entry, address) ||
          (podClass !== undefined && entriesOf(podClass, known).has(entry));
      });
    }
    this.#doubtful.clear();
  }

  #settleSet(entry: Entry, isWanted: (address: IpAddress) => boolean): void {
    const { addresses } = entry.set;
    const [gone, come] = [forEachFamily(noAddresses), forEachFamily(noAddresses)];
    for (const address of entry.doubtful) {
      const family = familyOf(address);
      const isThere = hasItem(addresses[family], address, textOf);
      if (isThere !== isWanted(address)) (isThere ? gone : come)[family].push(address);
    }
    entry.doubtful.clear();
    const changed = forEachFamily((family) => {
      const change = { gone: gone[family], come: come[family] };
      return changePieces(addresses[family], change, textOf);
    });
    if (families.every((family) => changed[family] === addresses[family])) return;
    entry.set = { key: entry.key, addresses: changed };
    this.#sets.set(entry.key, entry.set);
  }

  #begin(key: string, steps: readonly Step[], state: ClusterState): Entry {
    const selections = steps.flatMap((step) => step.selections);
    const nodes = selections.filter((selection) => selection.kind === "nodes");
    const entry: Entry = {
      ...{ key, steps, nodes, users: 0, doubtful: new Set() },
      pods: selections.filter((selection) => selection.kind === "pods"),
      ofNodes: addressesOfNodes(nodes, state),
      set: addressSet(key, new Set()),
    };
    this.#index.add(entry, entry.pods, state);
    entry.set = addressSet(key, this.#addressesOf(entry, state));
    this.#entries.set(key, entry);
    this.#sets.set(key, entry.set);
    return entry;
  }

  #addressesOf(entry: Entry, { owners }: ClusterState): ReadonlySet<IpAddress> {
    const some = new Set([
      ...this.#podAddresses(entry),
      ...[...entry.ofNodes.values()].flatMap((addresses) => [...addresses]),
    ]);
    if (isPlain(entry)) return some;
    const isIn = (address: IpAddress): boolean =>
      isLedTo(entry, address, this.#classAt(address, owners));
    return new Set([...some].filter(isIn));
  }

  *#podAddresses(entry: Entry): Iterable<IpAddress> {
    for (const home of new Set(entry.pods.map(homeOf))) {
      for (const { uses, addresses } of this.#index.classes.in(home)) {
        if (uses.some(({ users }) => users.has(entry))) yield* addresses;
      }
    }
  }

  #classAt(address: IpAddress, owners: ClusterState["owners"]): Class | undefined {
    const owner = owners.get(address);
    return owner === undefined ? undefined : this.#index.classes.of(owner);
  }

  #doubt(entry: Entry, address: IpAddress): void {
    entry.doubtful.add(address);
    this.#doubtful.add(entry);
  }
}

function noAddresses(): IpAddress[] {
  return [];
}

function textOf(address: IpAddress): string {
  return address;
}

/** The sets that a class of pods has a part in, worked out once. */
function entriesOf(
  podClass: Class,
  known: Map<Class, ReadonlySet<Entry>>,
): ReadonlySet<Entry> {
  const entries = known.get(podClass) ??
    new Set(podClass.uses.flatMap(({ users }) => [...users]));
  known.set(podClass, entries);
  return entries;
}

/** Where there is a single step, whom any selection selects belongs to the set. */
function isPlain({ steps }: Entry): boolean {
  return steps.length === 1;
}

function isOfNodes({ ofNodes }: Entry, address: IpAddress): boolean {
  return [...ofNodes.values()].some((addresses) => addresses.has(address));
}

function isLedTo(
  { steps, ofNodes }: Entry,
  address: IpAddress,
  podClass: Class | undefined,
): boolean {
  const keys = new Set(podClass?.uses.map(({ selection }) => selection.key));
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
