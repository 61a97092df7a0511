// This module is pure.
import type { Group } from "../model/group.ts";
import type { Direction } from "../model/network_policy.ts";
import type { NftSet } from "../model/nft_set.ts";
import type { NodePolicy } from "../model/node_policy.ts";
import { compareText } from "../model/object_key.ts";
import type { Chain, Ruleset, VerdictMap } from "../model/ruleset.ts";
import { families, type Family } from "../model/address.ts";
import { addressNftSet, endpointNftSet } from "./addresses.ts";
import { baseChains } from "./base_chains.ts";
import { baseMaps, baseSets, type PodChains } from "./base_sets.ts";
import { type GroupChains, groupChains, untrackedChains } from "./group_chains.ts";
import { type GuardChains, guardMaps, guardSets } from "./guard_sets.ts";
import { tunnelSets } from "./tunnel_chains.ts";
import { nameNftSets } from "./named_addresses.ts";
import { newcomerSets } from "./newcomer_sets.ts";
import { podRangeSets } from "./pod_range.ts";
import { groupChainName, untrackedChainName } from "./names.ts";

/** Renders what a node must enforce as the content of its table: the same policy, the same bytes. */
export function renderRuleset(policy: NodePolicy): Ruleset {
  const sets: NftSet[] = [];
  const maps: VerdictMap[] = [];
  const chains: Chain[] = [...baseChains(policy)];
  for (const group of policy.groups) {
    for (const judge of judgesOf(group)) {
      chains.push(...judge.chains);
      sets.push(...judge.sets);
      maps.push(...judge.maps);
    }
  }
  for (const family of familiesOf(policy)) {
    sets.push(...policy.addressSets.map((set) => addressNftSet(set, family)));
    sets.push(...policy.endpointSets.map((set) => endpointNftSet(set, family)));
    sets.push(...policy.nameSets.flatMap((set) => nameNftSets(set, family)));
  }
  const pods = podChains(policy, chainNames);
  const guards = guardChains(policy, chainNames);
  return {
    sets: byName([
      ...baseSets(pods),
      ...guardSets(guards),
      ...tunnelSets(policy.tunnelEnds, policy.guards),
      ...podRangeSets(policy.podRange),
      ...newcomerSets(policy.newcomers),
      ...sets.sort(compareNames),
    ]),
    maps: byName([...baseMaps(pods), ...guardMaps(guards), ...maps.sort(compareNames)]),
    chains: byName(chains),
  };
}

/** What judges a group's pods, in all the ways in which packets are read. */
export function judgesOf(group: Group): readonly GroupChains[] {
  const chains = groupChains(group);
  return group.direction === "egress" ? [chains, untrackedChains(group)] : [chains];
}

/** A node without pods of a family needs no sets of it. */
export function familiesOf({ groups }: Pick<NodePolicy, "groups">): readonly Family[] {
  return families.filter((family) => groups.some((group) => group.families.includes(family)));
}

/** The names of the chains that maps lead to. */
export interface ChainNames {
  /** The first chain of the group. */
  readonly chain: string;
  /** Its twin for untracked packets; of use with egress only. */
  readonly untracked: string;
}

/** Names a group's chains. */
export function chainNames(group: Group): ChainNames {
  return { chain: groupChainName(group), untracked: untrackedChainName(group) };
}

/** The chains that the pods are sent to. */
export function podChains(
  { pods, groups }: Pick<NodePolicy, "pods" | "groups">,
  namesOf: (group: Group) => ChainNames,
): readonly PodChains[] {
  const find = chainsFinder(groups, namesOf);
  return pods.map((pod) => {
    const egress = find("egress", pod.egress);
    return {
      pod,
      ingress: find("ingress", pod.ingress)?.chain,
      egress: egress?.chain,
      untracked: egress?.untracked,
    };
  });
}

/** The chains that interfaces are sent to. */
export function guardChains(
  { guards, groups }: Pick<NodePolicy, "guards" | "groups">,
  namesOf: (group: Group) => ChainNames,
): readonly GuardChains[] {
  const find = chainsFinder(groups, namesOf);
  return guards.map((guard) => {
    if (guard.isOutlived) return { guard, egress: "deny-egress", untracked: "deny-egress" };
    const egress = find("egress", guard.egress);
    return { guard, egress: egress?.chain, untracked: egress?.untracked };
  });
}

type ChainsFinder = (direction: Direction, key: string | undefined) => ChainNames | undefined;

function chainsFinder(
  groups: readonly Group[],
  namesOf: (group: Group) => ChainNames,
): ChainsFinder {
  let known: Readonly<Record<Direction, ReadonlyMap<string, ChainNames>>> | undefined;
  return (direction, key) => {
    if (key === undefined) return undefined;
    known ??= chainNamesByKey(groups, namesOf); // often nobody asks
    const found = known[direction].get(key);
    if (found !== undefined) return found;
    throw new Error(`Cannot render a pod: no ${direction} group "${key}"`);
  };
}

function chainNamesByKey(
  groups: readonly Group[],
  namesOf: (group: Group) => ChainNames,
): Readonly<Record<Direction, ReadonlyMap<string, ChainNames>>> {
  const names = { ingress: new Map<string, ChainNames>(), egress: new Map<string, ChainNames>() };
  for (const group of groups) names[group.direction].set(group.key, namesOf(group));
  return names;
}

function compareNames(a: { readonly name: string }, b: { readonly name: string }): number {
  return compareText(a.name, b.name);
}

function byName<T extends { readonly name: string }>(things: readonly T[]): ReadonlyMap<string, T> {
  return new Map(things.map((thing) => [thing.name, thing]));
}
