// This module is pure.
import { families, familyOf, forEachFamily, type IpAddress } from "../../model/address.ts";
import type { ClusterState, NamedPort, Pod } from "../../model/cluster.ts";
import type { Endpoint, EndpointSet } from "../../model/node_policy.ts";
import { isSame } from "../../model/same.ts";
import type { EndpointStep } from "../endpoint_steps.ts";
import { endpointsAt, endpointsOf, formatEndpoint } from "../endpoints.ts";
import { changePieces, itemsFrom } from "./piece_list.ts";
import { SortedTable } from "./sorted_table.ts";

/** A set of endpoints that groups name, and what it is made with. */
interface Entry {
  readonly key: string;
  readonly steps: readonly EndpointStep[];
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
    steps: readonly EndpointStep[],
    state: ClusterState,
  ): void {
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
  settle(state: ClusterState): void {
    for (const entry of this.#unused) this.#end(entry);
    this.#unused.clear();
    for (const entry of this.#doubtful) this.#settleSet(entry, state);
    this.#doubtful.clear();
  }

  #settleSet(entry: Entry, state: ClusterState): void {
    const { endpoints } = entry.set;
    const [gone, come] = [forEachFamily(noEndpoints), forEachFamily(noEndpoints)];
    for (const address of entry.doubtful) {
      const pod = state.owners.get(address);
      const now = pod === undefined ? [] : endpointsAt({ address, pod }, entry.steps, state);
      const before = at(address, endpoints);
      if (isSame(before, now)) continue;
      gone[familyOf(address)].push(...before);
      come[familyOf(address)].push(...now);
    }
    entry.doubtful.clear();
    const changed = forEachFamily((family) => {
      const change = { gone: gone[family], come: come[family] };
      return changePieces(endpoints[family], change, formatEndpoint);
    });
    if (families.every((family) => changed[family] === endpoints[family])) return;
    entry.set = { key: entry.key, endpoints: changed };
    this.#sets.set(entry.key, entry.set);
  }

  #begin(
    key: string,
    steps: readonly EndpointStep[],
    state: ClusterState,
  ): Entry {
    const set = { key, endpoints: endpointsOf(steps, state) };
    const entry: Entry = { key, steps, users: 0, set, doubtful: new Set() };
    this.#entries.set(key, entry);
    this.#sets.set(key, set);
    for (const port of portsOf(steps)) {
      this.#byPort.set(port, (this.#byPort.get(port) ?? new Set()).add(entry));
    }
    return entry;
  }

  #end(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#sets.delete(entry.key);
    this.#doubtful.delete(entry);
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

/** The endpoints at one address. */
function at(address: IpAddress, endpoints: EndpointSet["endpoints"]): readonly Endpoint[] {
  const found: Endpoint[] = [];
  for (const item of itemsFrom(endpoints[familyOf(address)], `${address} `, formatEndpoint)) {
    if (item.address !== address) break;
    found.push(item);
  }
  return found;
}
