// This module is pure.
import { families, familyOf, forEachFamily, type IpAddress } from "../../model/address.ts";
import type { ClusterState, Pod } from "../../model/cluster.ts";
import type { Endpoint, EndpointSet } from "../../model/peer_sets.ts";
import type { Pieces } from "../../model/pieces.ts";
import { isSame } from "../../model/same.ts";
import { type EndpointStep, portKey, portsOf } from "../endpoint_steps.ts";
import { endpointsOf, numbersBySteps } from "../endpoints.ts";
import { numbersByClass } from "./class_numbers.ts";
import { changePieces, itemsFrom } from "./piece_list.ts";
import { isBroad, isWithin, type Reach, reachOf } from "./reach.ts";
import { type NewSelectedSet, type SelectedSet, SelectedSets } from "./selected_sets.ts";
import type { SelectionIndex } from "./selection_index.ts";
import { Whereabouts } from "./whereabouts.ts";

/** A set of endpoints that groups name, and what it is made with. */
interface Kept extends SelectedSet<EndpointSet> {
  readonly steps: readonly EndpointStep[];
  /** Where its members may lie although nothing selects them. */
  readonly reach: Reach;
}

/** The sets of endpoints that groups name, kept as pods and namespaces change. */
export class EndpointSets {
  readonly #index: SelectionIndex;
  readonly #kept: SelectedSets<EndpointSet, Kept>;
  /** PROTOCOL/NAME -> the sets about that port that may hold addresses which nothing selects. */
  readonly #byPort = new Map<string, Set<Kept>>();
  readonly #whereabouts = new Whereabouts();

  /** The index hears of pods and namespaces. */
  constructor(index: SelectionIndex) {
    this.#index = index;
    this.#kept = new SelectedSets(index);
  }

  /** The sets by key, as of the last `settle`; a set that did not change is the same object. */
  get list(): readonly EndpointSet[] {
    return this.#kept.list;
  }

  /** An address has, or may have, another owner, or its owner is another record. */
  ownerChanged(address: IpAddress, before: Pod | undefined, after: Pod | undefined): void {
    if (before === undefined && after !== undefined) this.#whereabouts.add(address, 1);
    if (before !== undefined && after === undefined) this.#whereabouts.add(address, -1);
    if (this.#byPort.size === 0 || isSame(before?.ports, after?.ports)) return;
    for (const port of [...before?.ports ?? [], ...after?.ports ?? []]) {
      for (const kept of this.#byPort.get(portKey(port)) ?? []) {
        if (isWithin(kept.reach, address)) kept.doubt(address);
      }
    }
  }

  /** A group names a set, once more or for the first time. */
  acquire(key: string, steps: readonly EndpointStep[]): void {
    this.#kept.acquire(key, (start) => this.#begin(start, steps));
  }

  /** A group that names a set is gone, or does not name it any more. */
  release(key: string): void {
    this.#kept.release(key);
  }

  /** Brings every set up to date, and drops those that no group names. */
  settle(state: ClusterState): void {
    for (const kept of this.#kept.dropUnused()) this.#end(kept);
    this.#index.settle(state.owners);
    this.#kept.change((kept) => changed(kept, state));
    this.#kept.fill((fresh) => this.#filled(fresh, state));
  }

  /** All that are new, by one look at the owners. */
  *#filled(fresh: ReadonlySet<Kept>, state: ClusterState): Iterable<readonly [Kept, EndpointSet]> {
    const candidates = new Map([...fresh].map((kept) => [kept, this.#selectedBy(kept)]));
    const broad = [...candidates].filter(([{ reach }]) => this.#whereabouts.mayBeWithin(reach));
    if (broad.length > 0) {
      for (const [address, { ports }] of state.owners) {
        if (ports.length === 0) continue;
        for (const [{ reach }, found] of broad) if (isWithin(reach, address)) found.add(address);
      }
    }
    for (const [kept, addresses] of candidates) {
      const { key, steps } = kept;
      const numbersAt = numbersByClass(steps, this.#index, state);
      yield [kept, { key, endpoints: endpointsOf(steps, state, addresses, numbersAt) }];
    }
  }

  #selectedBy({ pods }: Kept): Set<IpAddress> {
    const selected = new Set<IpAddress>();
    for (const { addresses } of this.#index.classesOf(pods)) {
      for (const address of addresses) selected.add(address);
    }
    return selected;
  }

  #begin(start: NewSelectedSet, steps: readonly EndpointStep[]): Kept {
    const peers = steps.map(({ said }) => said.peers).filter((peers) => peers !== "all");
    const kept: Kept = {
      ...{ ...start, steps, reach: reachOf(steps) },
      pods: peers.flatMap(({ selections }) =>
        selections.filter((selection) => selection.kind === "pods")
      ),
      set: { key: start.key, endpoints: forEachFamily(() => []) },
    };
    for (const port of isBroad(kept.reach) ? portsOf(steps) : []) {
      this.#byPort.set(port, (this.#byPort.get(port) ?? new Set()).add(kept));
    }
    return kept;
  }

  #end(kept: Kept): void {
    for (const port of portsOf(kept.steps)) {
      const others = this.#byPort.get(port);
      others?.delete(kept);
      if (others?.size === 0) this.#byPort.delete(port);
    }
  }
}

function changed({ key, set, steps, doubtful }: Kept, state: ClusterState): EndpointSet {
  const { endpoints } = set;
  const turned = forEachFamily(noEndpoints);
  const numbersAt = numbersBySteps(steps, state);
  for (const address of doubtful) {
    const pod = state.owners.get(address);
    const numbers = pod === undefined ? [] : numbersAt(address, pod);
    const now = numbers.map((port): Endpoint => `${address} ${port}`);
    const family = familyOf(address);
    const before = at(address, endpoints[family]);
    turned[family].push(
      ...before.filter((endpoint) => !now.includes(endpoint)),
      ...now.filter((endpoint) => !before.includes(endpoint)),
    );
  }
  const now = forEachFamily((family) => changePieces(endpoints[family], turned[family]));
  if (families.every((family) => now[family] === endpoints[family])) return set;
  return { key, endpoints: now };
}

function noEndpoints(): Endpoint[] {
  return [];
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
