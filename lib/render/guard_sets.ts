// This module is pure.
import { families, type Family, familyOf } from "../model/address.ts";
import { formatRange } from "../model/address_value.ts";
import { bare, type NftSet } from "../model/nft_set.ts";
import type { Guard } from "../model/node_policy.ts";
import type { MapElement, VerdictMap } from "../model/ruleset.ts";
import { nftFamily } from "./addresses.ts";
import { comment } from "./comments.ts";
import { interfaceMaps, suffixOf } from "./names.ts";

/** The chains that judge what comes by an interface without an address of its pod's. */
export interface GuardChains {
  /** What may come by it. */
  readonly guard: Guard;
  /** For connections that the pod opens; undefined: open. */
  readonly egress: string | undefined;
  /** For what it sends to its node without a connection; there where `egress` is. */
  readonly untracked: string | undefined;
}

/** The interfaces of routed pods, and what may come by them. */
export function guardSets(chains: readonly GuardChains[]): readonly NftSet[] {
  const guards = routed(chains).map(({ guard }) => guard);
  const guarded = guards.filter(({ sources }) => sources !== undefined);
  return [
    interfaceSet("guarded", guarded),
    ...families.map((family) => sourceSet(guards, family)),
    ...families.map((family) => allowedSet(guards, family)),
  ];
}

/** A set of interfaces. */
export function interfaceSet(name: string, guards: readonly Guard[]): NftSet {
  return set(name, "iifname", guards.map((guard) => [element(guard), guard]));
}

/** The maps that send what comes by the interfaces of routed pods to the pods' chains. */
export function guardMaps(chains: readonly GuardChains[]): readonly VerdictMap[] {
  return [
    map(interfaceMaps.egress, routed(chains), ({ egress }) => egress),
    map(interfaceMaps.untracked, routed(chains), ({ untracked }) => untracked),
  ];
}

/** The pairs of address and interface that packets may come with. */
export function sourceSet(guards: readonly Guard[], family: Family): NftSet {
  const pairs = guards.flatMap((guard) => {
    const own = guard.sources?.addresses.filter((address) => familyOf(address) === family) ?? [];
    return own.map((address) => [`${address} . ${element(guard)}`, guard] as const);
  });
  return set(`sources${suffixOf(family)}`, `${nftFamily(family)} saddr . iifname`, pairs);
}

/** The pairs of block and interface that packets of pods that forward for others may come with. */
export function allowedSet(guards: readonly Guard[], family: Family): NftSet {
  const pairs = guards.flatMap((guard) => {
    const blocks = guard.sources?.blocks.filter((block) => block.family === family) ?? [];
    return blocks.map((block) => [`${formatRange(block)} . ${element(guard)}`, guard] as const);
  });
  const made = set(`allowed${suffixOf(family)}`, `${nftFamily(family)} saddr . iifname`, pairs);
  return { ...made, keeping: "interval" };
}

/** What comes from the ports of a bridge has the bridge's name by the time it is routed. */
function routed(chains: readonly GuardChains[]): readonly GuardChains[] {
  return chains.filter(({ guard }) => guard.bridge === "");
}

function element({ interfaceName }: Guard): string {
  return `"${interfaceName}"`;
}

function set(
  name: string,
  type: NftSet["typeof"],
  entries: readonly (readonly [string, Guard])[],
): NftSet {
  const elements = new Map(entries.map(([key, { podName }]) => {
    return [key, { ...bare, comment: comment(podName) }];
  }));
  return { name, typeof: type, keeping: "plain", comment: undefined, elements };
}

function map(
  name: string,
  chains: readonly GuardChains[],
  chainOf: (chains: GuardChains) => string | undefined,
): VerdictMap {
  const elements = chains.flatMap((one): [string, MapElement][] => {
    const chain = chainOf(one);
    if (chain === undefined) return [];
    const { podName } = one.guard;
    return [[element(one.guard), { verdict: { kind: "jump", chain }, comment: comment(podName) }]];
  });
  const content = new Map(elements);
  return { name, typeof: "iifname", keeping: "plain", comment: undefined, elements: content };
}
