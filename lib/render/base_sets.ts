// This module is pure.
import { families, type Family, familyOf, type IpAddress } from "../model/address.ts";
import { bare, type NftSet } from "../model/nft_set.ts";
import type { IsolatedPod } from "../model/node_policy.ts";
import type { MapElement, VerdictMap } from "../model/ruleset.ts";
import { nftFamily } from "./addresses.ts";
import { comment } from "./comments.ts";
import { mapName, suffixOf } from "./names.ts";

/** The chains that a pod's addresses are sent to; undefined where it is open. */
export interface PodChains {
  /** Whose addresses they are. */
  readonly pod: IsolatedPod;
  /** For connections to the pod. */
  readonly ingress: string | undefined;
  /** For connections that the pod opens. */
  readonly egress: string | undefined;
  /** For what the pod sends to its node without a connection; there where `egress` is. */
  readonly untracked: string | undefined;
}

/** The maps that send a packet to the chain of the pod at either end of its connection. */
export function baseMaps(pods: readonly PodChains[]): readonly VerdictMap[] {
  return families.flatMap((family) => [
    map(mapName("ingress", family), family, targets(pods, (pod) => pod.ingress)),
    map(mapName("egress", family), family, targets(pods, (pod) => pod.egress)),
    map(mapName("untracked-egress", family), family, targets(pods, (pod) => pod.untracked)),
  ]);
}

/** Every isolated pod's addresses, alone and paired with themselves. */
export function baseSets(pods: readonly PodChains[]): readonly NftSet[] {
  return families.flatMap((family): readonly NftSet[] => {
    const own = pods.flatMap(({ pod }) => addressesOf(pod, family));
    const pair = family === "IPv4" ? "ip saddr . ip saddr" : "ip6 saddr . ip6 saddr";
    return [
      set(`policed${suffixOf(family)}`, `${nftFamily(family)} saddr`, own),
      set(`self${suffixOf(family)}`, pair, own.map((address) => `${address} . ${address}`)),
    ];
  });
}

type Target = readonly [pod: IsolatedPod, chain: string];

function targets(
  pods: readonly PodChains[],
  chainOf: (pod: PodChains) => string | undefined,
): readonly Target[] {
  return pods.flatMap((pod): Target[] => {
    const chain = chainOf(pod);
    return chain === undefined ? [] : [[pod.pod, chain]];
  });
}

function map(name: string, family: Family, targets: readonly Target[]): VerdictMap {
  const elements = targets.flatMap(([pod, chain]) => {
    const element: MapElement = {
      verdict: { kind: "jump", chain },
      comment: comment(`${pod.namespace}/${pod.name}`),
    };
    return addressesOf(pod, family).map((address) => [address, element] as const);
  });
  return {
    name,
    typeof: `${nftFamily(family)} saddr`,
    keeping: "plain",
    comment: undefined,
    elements: new Map(elements),
  };
}

function set(name: string, type: NftSet["typeof"], keys: readonly string[]): NftSet {
  const elements = new Map(keys.map((key) => [key, bare]));
  return { name, typeof: type, keeping: "plain", comment: undefined, elements };
}

function addressesOf(pod: IsolatedPod, family: Family): readonly IpAddress[] {
  return pod.addresses.filter((address) => familyOf(address) === family);
}
