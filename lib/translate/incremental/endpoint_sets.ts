// This module is pure.
import { families, familyOf, forEachFamily, type IpAddress } from "../../model/address.ts";
import type { ClusterState, NamedPort, Pod } from "../../model/cluster.ts";
import type { Endpoint, EndpointSet } from "../../model/node_policy.ts";
import type { Pieces } from "../../model/pieces.ts";
import { isSame } from "../../model/same.ts";
import type { EndpointStep } from "../endpoint_steps.ts";
import { endpointsAt, endpointsOf } from "../endpoints.ts";
import type { PodSelection } from "../selection.ts";
import { changePieces, itemsFrom } from "./piece_list.ts";
import { isBroad, isWithin, type Reach, reachOf } from "./reach.ts";
import type { SelectionIndex } from "./selection_index.ts";
import type { SelectionUser } from "./selection_use.ts";
import { Whereabouts } from "./whereabouts.ts";
import { SortedTable } from "../../model/sorted_table.ts";

/** A set of endpoints that groups name, and what it is made with. */
interface Entry extends SelectionUser {
  readonly key: string;
  readonly steps: readonly EndpointStep[];
  /** The selections of pods in all steps. */
  readonly pods: readonly PodSelection[];
  /** Where its members may lie although nothing selects them. */
  readonly reach: Reach;
  /** How many groups name it. */
  users: number;
  set: EndpointSet;
  /** The addresses whose endpoints may be others. */
  readonly doubtful: Set<IpAddress>;
}

/** The sets of endpoints that groups name, kept as pods and namespaces change. */
export class EndpointSets {
  readonly #index: SelectionIndex;
  readonly #entries = new Map<string, Entry>();
  /** PROTOCOL/NAME -> the sets about that port that may hold addresses which nothing selects. */
  readonly #byPort = new Map<string, Set<Entry>>();
  readonly #whereabouts = new Whereabouts();
  readonly #sets = new SortedTable<EndpointSet>();
  readonly #doubtful = new Set<Entry>();
  readonly #unused = new Set<Entry>();
  /** Those of which nobody knows yet what is in them. */
  readonly #fresh = new Set<Entry>();

  /** The index hears of pods and namespaces. */
  constructor(index: SelectionIndex) {
    this.#index = index;
  }

  /** The sets by key, as of the last `settle`; a set that did not change is the same object. */
  get list(): readonly EndpointSet[] {
    return this.#sets.list;
  }

  /** An address has, or may have, another owner, or its owner is another record. */
  ownerChanged(address: IpAddress, before: Pod | undefined, after: Pod | undefined): void {
    if (before === undefined && after !== undefined) this.#whereabouts.add(address, 1);
    if (before !== undefined && after === undefined) this.#whereabouts.add(address, -1);
    if (this.#byPort.size === 0 || isSame(before?.ports, after?.ports)) return;
    for (const port of [...before?.ports ?? [], ...after?.ports ?? []]) {
      for (const entry of this.#byPort.get(portKey(port)) ?? []) {
        if (isWithin(entry.reach, address)) entry.doubt(address);
      }
    }
  }

  /** A group names a set, once more or for the first time. */
  acquire(key: string, steps: readonly EndpointStep[]): void {
    const entry = this.#entries.get(key) ?? this.#begin(key, steps);
    entry.users++;
    this.#unused.delete(entry);
  }

  /** A group that names a set is gone, or does not name it any more. */
  release(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && --entry.users === 0) this.#unused.add(entry);
  }

  /** Brings every set up to date, and drops those that no group names. */
  settle(state: ClusterState): void {
    for (const entry of this.#unused) this.#end(entry);
    this.#unused.clear();
    this.#index.settle(state.owners);
    for (const entry of this.#doubtful) this.#settleSet(entry, state);
    this.#doubtful.clear();
    if (this.#fresh.size > 0) this.#fill(state);
    this.#fresh.clear();
  }

  #settleSet(entry: Entry, state: ClusterState): void {
    const { endpoints } = entry.set;
    const turned = forEachFamily(noEndpoints);
    for (const address of entry.doubtful) {
      const pod = state.owners.get(address);
      const now = pod === undefined ? [] : endpointsAt({ address, pod }, entry.steps, state);
      const family = familyOf(address);
      const before = at(address, endpoints[family]);
      turned[family].push(
        ...before.filter((endpoint) => !now.includes(endpoint)),
        ...now.filter((endpoint) => !before.includes(endpoint)),
      );
    }
    entry.doubtful.clear();
    const changed = forEachFamily((family) => changePieces(endpoints[family], turned[family]));
    if (families.every((family) => changed[family] === endpoints[family])) return;
    entry.set = { key: entry.key, endpoints: changed };
    this.#sets.set(entry.key, entry.set);
  }

  /** All that are new, by one look at the owners. */
  #fill(state: ClusterState): void {
    const candidates = new Map([...this.#fresh].map((entry) => [entry, this.#selectedBy(entry)]));
    const broad = [...candidates].filter(([{ reach }]) => this.#whereabouts.mayBeWithin(reach));
    if (broad.length > 0) {
      for (const [address, { ports }] of state.owners) {
        if (ports.length === 0) continue;
        for (const [{ reach }, found] of broad) if (isWithin(reach, address)) found.add(address);
      }
    }
    for (const [entry, addresses] of candidates) {
      entry.set = { key: entry.key, endpoints: endpointsOf(entry.steps, state, addresses) };
      this.#sets.set(entry.key, entry.set);
    }
  }

  #selectedBy({ pods }: Entry): Set<IpAddress> {
    const selected = new Set<IpAddress>();
    for (const { addresses } of this.#index.classesOf(pods)) {
      for (const address of addresses) selected.add(address);
    }
    return selected;
  }

  #begin(key: string, steps: readonly EndpointStep[]): Entry {
    const peers = steps.map(({ said }) => said.peers).filter((peers) => peers !== "all");
    const entry: Entry = {
      ...{ key, steps, users: 0, doubtful: new Set<IpAddress>() },
      pods: peers.flatMap(({ selections }) =>
        selections.filter((selection) => selection.kind === "pods")
      ),
      reach: reachOf(steps),
      set: { key, endpoints: forEachFamily(() => []) },
      doubt: (address) => {
        entry.doubtful.add(address);
        this.#doubtful.add(entry);
      },
    };
    this.#index.add(entry, entry.pods);
    this.#entries.set(key, entry);
    this.#fresh.add(entry);
    for (const port of isBroad(entry.reach) ? portsOf(steps) : []) {
      this.#byPort.set(port, (this.#byPort.get(port) ?? new Set()).add(entry));
    }
    return entry;
  }

  #end(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#sets.delete(entry.key);
    this.#doubtful.delete(entry);
    this.#fresh.delete(entry);
    this.#index.remove(entry, entry.pods);
    for (const port of portsOf(entry.steps)) {
      const entries = this.#byPort.get(port);
      entries?.delete(entry);
      if (entries?.size === 0) this.#byPort.delete(port);
    }
  }
}

function portKey({ protocol, name }: Pick<NamedPort, "protocol" | "name">): string {
  return `${protocol}/${name}`;
}

function noEndpoints(): Endpoint[] {
  return [];
}

/** The ports that may belong to a set: those that its members name. */
function portsOf(steps: readonly EndpointStep[]): readonly string[] {
  return steps.flatMap(({ said: { ports }, isMember }) =>
    isMember && ports.kind === "name" ? [portKey(ports)] : []
  );
}

/** Those of some endpoints that are at one address. */
function at(address: IpAddress, endpoints: Pieces<Endpoint>): readonly Endpoint[] {
  const start = `${address} `;
  const found: Endpoint[] = [];
  for (const endpoint of itemsFrom(endpoints, start)) {
    if (!endpoint.startsWith(start)) break;
    found.push(endpoint);
  }
  return found;
}
