// This module is pure.
import { families, type Family, forEachFamily } from "../model/address.ts";
import type { Group } from "../model/group.ts";
import type { ListedChain, ListedSet, Listing } from "../model/listing.ts";
import type { IsolatedPod, NodePolicy } from "../model/node_policy.ts";
import type { AddressSet, EndpointSet, NameSet } from "../model/peer_sets.ts";
import { addressPrinter, endpointPrinter } from "./address_lists.ts";
import { baseChains } from "./base_chains.ts";
import { baseMaps, baseSets, type PodChains } from "./base_sets.ts";
import { guardMaps, guardSets } from "./guard_sets.ts";
import { KeyedSets, type PrintedSets } from "./keyed_sets.ts";
import { listChain, listMap, listSet, type NamedChain, type NamedSet } from "./listing.ts";
import { NamedList } from "./named_list.ts";
import { OtherSets } from "./other_sets.ts";
import { tunnelSets } from "./tunnel_chains.ts";
import { namePrinter } from "./name_lists.ts";
import { newcomerSets } from "./newcomer_sets.ts";
import { podRangeSets } from "./pod_range.ts";
import {
  type ChainNames,
  chainNames,
  familiesOf,
  guardChains,
  judgesOf,
  podChains,
} from "./render.ts";

/** A group, printed. */
interface PrintedGroup {
  readonly names: ChainNames;
  readonly chains: readonly NamedChain[];
  /** The sets and maps whose names say their content. */
  readonly sets: readonly NamedSet[];
}

type Element = readonly [key: string, text: string];

/** A listing of which the next one can be made. */
interface PrintedListing extends Listing {
  readonly sets: NamedList<ListedSet>;
  readonly chains: NamedList<ListedChain>;
}

/** What was printed last. */
interface Printed {
  readonly policy: NodePolicy;
  readonly listing: PrintedListing;
  /** Those that the groups are of. */
  readonly families: readonly Family[];
  /** The chains that stand in every table. */
  readonly always: readonly NamedChain[];
  /** The sets and maps that lead to the pods' chains. */
  readonly base: readonly NamedSet[];
  /** Those that tell who is known, and who is new. */
  readonly comers: readonly NamedSet[];
}

/**
 * Prints policies one after the other as `listRuleset(renderRuleset(policy))` does, at a cost that
 * follows the change: what is the same object in the policy is the same object in the listing.
 */
export class Renderer {
  readonly #groups = new WeakMap<Group, PrintedGroup>();
  /** What each pod has in the base sets and maps. */
  readonly #pods = new WeakMap<IsolatedPod, readonly (readonly Element[])[]>();
  readonly #addressSets = forEachFamily((family) =>
    new KeyedSets<AddressSet>(addressPrinter(family))
  );
  readonly #endpointSets = forEachFamily((family) =>
    new KeyedSets<EndpointSet>(endpointPrinter(family))
  );
  readonly #nameSets = forEachFamily((family) => new KeyedSets<NameSet>(namePrinter(family)));
  readonly #others = new OtherSets();
  #last: Printed | undefined;

  /** Prints a policy. */
  render(policy: NodePolicy): Listing {
    const last = this.#last;
    if (last?.policy === policy) return last.listing;
    const hasSameGroups = last?.policy.groups === policy.groups;
    // What else base chains depend on is the same for as long as an agent runs.
    const isBaseSame = last?.policy.watches === policy.watches &&
      last.policy.checksSources === policy.checksSources;
    const always = isBaseSame ? last.always : baseChains(policy).map(listChain);
    const chains = hasSameGroups && isBaseSame ? last.listing.chains : this.#chains(policy, always);
    const base = last?.policy.pods === policy.pods && last.policy.guards === policy.guards &&
        last.policy.tunnelEnds === policy.tunnelEnds
      ? last.base
      : [...this.#base(policy), ...this.#guards(policy)];
    const comers =
      last?.policy.newcomers === policy.newcomers && last.policy.podRange === policy.podRange
        ? last.comers
        : [...podRangeSets(policy.podRange), ...newcomerSets(policy.newcomers)].map(listSet);
    const families = hasSameGroups ? last.families : familiesOf(policy);
    const changed = this.#changePeers(policy, families);
    // The same groups name the same sets: what is in them may have changed, and no more.
    const sets = hasSameGroups
      ? last.listing.sets.with([
        ...(base === last.base ? [] : base),
        ...(comers === last.comers ? [] : comers),
        ...changed,
      ])
      : this.#sets(policy, { base, comers });
    const listing = { sets, chains };
    this.#last = { policy, listing, families, always, base, comers };
    return listing;
  }

  #chains(
    { groups }: NodePolicy,
    base: readonly NamedChain[],
  ): NamedList<ListedChain> {
    const chains = [...base];
    for (const group of groups) chains.push(...this.#group(group).chains);
    return NamedList.of(chains, this.#last?.listing.chains);
  }

  /** The names of a group's chains follow from its key: of no change within it need pods know. */
  #base({ pods, groups }: NodePolicy): readonly NamedSet[] {
    const fresh = pods.filter((pod) => !this.#pods.has(pod));
    for (const chains of podChains({ pods: fresh, groups }, (group) => this.#group(group).names)) {
      this.#pods.set(chains.pod, listBase([chains]).map(([, { elements }]) => [...elements]));
    }
    const elementsOf = (pod: IsolatedPod, i: number): readonly Element[] =>
      this.#pods.get(pod)?.[i] ?? [];
    const moved = [...new Set(pods).symmetricDifference(new Set(this.#last?.policy.pods))];
    return emptyBase.map(([name, set], i) => {
      const before = this.#last?.base[i];
      const isMoved = moved.some((pod) => elementsOf(pod, i).length > 0);
      if (before !== undefined && !isMoved) return before;
      const elements: Element[] = [];
      for (const pod of pods) for (const element of elementsOf(pod, i)) elements.push(element);
      const isSame = before !== undefined && areElements(before[1].elements, elements);
      return isSame ? before : [name, { ...set, elements: new Map(elements) }];
    });
  }

  #guards({ guards, groups, tunnelEnds }: NodePolicy): readonly NamedSet[] {
    const chains = guardChains({ guards, groups }, (group) => this.#group(group).names);
    const sets = [...guardSets(chains), ...tunnelSets(tunnelEnds, guards)];
    return [...sets.map(listSet), ...guardMaps(chains).map(listMap)];
  }

  /** Gives the sets of peers that are not what they were. */
  #changePeers(policy: NodePolicy, known: readonly Family[]): readonly NamedSet[] {
    const printed = families.flatMap((family): readonly PrintedSets[] => {
      const { addressSets, endpointSets, nameSets } = known.includes(family) ? policy : none;
      return [
        this.#addressSets[family].print(addressSets),
        this.#endpointSets[family].print(endpointSets),
        this.#nameSets[family].print(nameSets),
      ];
    });
    for (const sets of printed) this.#others.change(sets);
    return printed.flatMap(({ changed }) => changed);
  }

  /** In the order of `renderRuleset`: base sets, those of pods that come, the others by name; maps. */
  #sets(
    { groups }: NodePolicy,
    { base, comers }: Pick<Printed, "base" | "comers">,
  ): NamedList<ListedSet> {
    const [before, after] = [new Set(this.#last?.policy.groups), new Set(groups)];
    for (const group of after.difference(before)) this.#others.acquire(this.#group(group).sets);
    for (const group of before.difference(after)) this.#others.release(this.#group(group).sets);
    const sets = [
      ...base.filter(isSet),
      ...comers,
      ...this.#others.list.filter(isSet),
      ...base.filter(isMap),
      ...this.#others.list.filter(isMap),
    ];
    return NamedList.of(sets, this.#last?.listing.sets);
  }

  #group(group: Group): PrintedGroup {
    const known = this.#groups.get(group);
    if (known !== undefined) return known;
    const judges = judgesOf(group);
    const printed = {
      names: chainNames(group),
      chains: judges.flatMap(({ chains }) => chains.map(listChain)),
      sets: judges.flatMap(({ sets, maps }) => [...sets.map(listSet), ...maps.map(listMap)]),
    };
    this.#groups.set(group, printed);
    return printed;
  }
}

const none: Pick<NodePolicy, "addressSets" | "endpointSets" | "nameSets"> = {
  addressSets: [],
  endpointSets: [],
  nameSets: [],
};

function listBase(pods: readonly PodChains[]): readonly NamedSet[] {
  return [...baseSets(pods).map(listSet), ...baseMaps(pods).map(listMap)];
}

const emptyBase = listBase([]);

function isSet([, { kind }]: NamedSet): boolean {
  return kind === "set";
}

function isMap([, { kind }]: NamedSet): boolean {
  return kind === "map";
}

/** Tells whether a set has these elements, in this order. */
function areElements(set: ListedSet["elements"], elements: readonly Element[]): boolean {
  if (set.size !== elements.length) return false;
  let i = 0;
  for (const [key, text] of set) {
    const [otherKey, other] = elements[i++]!;
    if (key !== otherKey || text !== other) return false;
  }
  return true;
}
