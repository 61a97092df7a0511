// This module is pure.
import type { IpAddress } from "../../model/address.ts";
import type { ClusterState, NamedPort, Pod } from "../../model/cluster.ts";
import type { Endpoint, EndpointSet } from "../../model/node_policy.ts";
import { isSame } from "../../model/same.ts";
import type { Allowance, NamedPorts } from "../allowances.ts";
import { compareEndpoints, endpointsAt, endpointsOf } from "../sets.ts";
import { changeList, placeOf } from "./sorted_list.ts";
import { SortedTable } from "./sorted_table.ts";

/** A set of endpoints that groups name, and what it is made with. */
interface Entry {
  readonly key: string;
  readonly allowances: readonly Allowance<NamedPorts>[];
  /** How many groups name it. */
  users: number;
  set: EndpointSet;
  /** The addresses whose endpoints may be others. */
  readonly doubtful: Set<IpAddress>;
}

/** The sets of endpoints that groups name, kept as pods and namespaces change. */
export class EndpointSets {
  readonly #entries = new Map<string, Entry>();
  /** PROTOCOL/NAME -> the sets that are about that port. */
  readonly #byPort = new Map<string, Set<Entry>>();
  readonly #sets = new SortedTable<EndpointSet>();
  readonly #doubtful = new Set<Entry>();
  readonly #unused = new Set<Entry>();

  /** The sets by key, as of the last `settle`; a set that did not change is the same object. */
  get list(): readonly EndpointSet[] {
    return this.#sets.list;
  }

  /** An address is, or was, a pod's: what the pod's ports mean there may be otherwise. */
  touch(address: IpAddress, pod: Pod | undefined): void {
    if (this.#byPort.size === 0) return;
    for (const port of pod?.ports ?? []) {
      for (const entry of this.#byPort.get(portKey(port)) ?? []) {
        entry.doubtful.add(address);
        this.#doubtful.add(entry);
      }
    }
  }

  /** A group names a set, once more or for the first time. */
  acquire(
    key: string,
    allowances: readonly Allowance<NamedPorts>[],
    state: ClusterState,
  ): void {
    const entry = this.#entries.get(key) ?? this.#begin(key, allowances, state);
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
    for (const entry of this.#doubtful) this.#settleSet(entry, state);
    this.#doubtful.clear();
  }

  #settleSet(entry: Entry, state: ClusterState): void {
    const { endpoints } = entry.set;
    const gone: Endpoint[] = [];
    const come: Endpoint[] = [];
    for (const address of entry.doubtful) {
      const pod = state.owners.get(address);
      const now = pod === undefined ? [] : endpointsAt({ address, pod }, entry.allowances, state);
      const before = at(address, endpoints);
      if (isSame(before, now)) continue;
      gone.push(...before);
      come.push(...now);
    }
    entry.doubtful.clear();
    if (gone.length + come.length === 0) return;
    const changed = changeList(endpoints, { gone, come }, compareEndpoints);
    entry.set = { key: entry.key, endpoints: changed };
    this.#sets.set(entry.key, entry.set);
  }

  #begin(
    key: string,
    allowances: readonly Allowance<NamedPorts>[],
    state: ClusterState,
  ): Entry {
    const set = { key, endpoints: endpointsOf(allowances, state) };
    const entry: Entry = { key, allowances, users: 0, set, doubtful: new Set() };
    this.#entries.set(key, entry);
    this.#sets.set(key, set);
    for (const { ports } of allowances) {
      const port = portKey(ports);
      this.#byPort.set(port, (this.#byPort.get(port) ?? new Set()).add(entry));
    }
    return entry;
  }

  #end(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#sets.delete(entry.key);
    this.#doubtful.delete(entry);
    for (const { ports } of entry.allowances) {
      const port = portKey(ports);
      const entries = this.#byPort.get(port);
      entries?.delete(entry);
      if (entries?.size === 0) this.#byPort.delete(port);
    }
  }
}

function portKey({ protocol, name }: Pick<NamedPort, "protocol" | "name">): string {
  return `${protocol}/${name}`;
}

/** The endpoints at one address. */
function at(address: IpAddress, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const found: Endpoint[] = [];
  let place = placeOf(endpoints, { address, port: 0 }, compareEndpoints);
  for (; endpoints[place]?.address === address; place++) found.push(endpoints[place]!);
  return found;
}
