// This module is pure.
import type { Group, NodePolicy } from "../model/node_policy.ts";
import { compareText } from "../model/object_key.ts";
import type { Chain, NftSet, Ruleset } from "../model/ruleset.ts";
import { families, type Family } from "../model/address.ts";
import { addressNftSet, endpointNftSet } from "./addresses.ts";
import { baseChains } from "./base_chains.ts";
import { baseMaps, baseSets, type PodChains } from "./base_sets.ts";
import { groupChains, untrackedChains } from "./group_chains.ts";
import { nameNftSets } from "./named_addresses.ts";
import { groupChainName, untrackedChainName } from "./names.ts";

/** Renders what a node must enforce as the content of its table: the same policy, the same bytes. */
export function renderRuleset(policy: NodePolicy): Ruleset {
  const sets: NftSet[] = [];
  const chains: Chain[] = [...baseChains()];
  for (const group of policy.groups) {
    const judges = group.direction === "egress"
      ? [groupChains(group), untrackedChains(group)]
      : [groupChains(group)];
    for (const judge of judges) {
      chains.push(...judge.chains);
      sets.push(...judge.sets);
    }
  }
  for (const family of familiesOf(policy)) {
    sets.push(...policy.addressSets.map((set) => addressNftSet(set, family)));
    sets.push(...policy.endpointSets.map((set) => endpointNftSet(set, family)));
    sets.push(...policy.nameSets.flatMap((set) => nameNftSets(set, family)));
  }
  const pods = podChains(policy);
  return {
    sets: byName([...baseSets(pods), ...sets.sort(compareNames)]),
    maps: byName(baseMaps(pods)),
    chains: byName(chains),
  };
}

/** A node without pods of a family needs no sets of it. */
function familiesOf(policy: NodePolicy): readonly Family[] {
  return families.filter((family) => policy.groups.some((g) => g.families.includes(family)));
}

function podChains(policy: NodePolicy): readonly PodChains[] {
  const groups = new Map<string, Group>();
  for (const group of policy.groups) groups.set(`${group.direction} ${group.key}`, group);

  function nameOf(
    direction: Group["direction"],
    key: string | undefined,
    name: (group: Group) => string,
  ): string | undefined {
    if (key === undefined) return undefined;
    const group = groups.get(`${direction} ${key}`);
    if (group === undefined) throw new Error(`Cannot render a pod: no ${direction} group "${key}"`);
    return name(group);
  }

  return policy.pods.map((pod) => ({
    pod,
    ingress: nameOf("ingress", pod.ingress, groupChainName),
    egress: nameOf("egress", pod.egress, groupChainName),
    untracked: nameOf("egress", pod.egress, untrackedChainName),
  }));
}

function compareNames(a: { readonly name: string }, b: { readonly name: string }): number {
  return compareText(a.name, b.name);
}

function byName<T extends { readonly name: string }>(things: readonly T[]): ReadonlyMap<string, T> {
  return new Map(things.map((thing) => [thing.name, thing]));
}
