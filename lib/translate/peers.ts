// This module is pure.
import {
  type AddressPoint,
  type AddressRange,
  isInRanges,
  mergeRanges,
  subtractRanges,
} from "../model/address_range.ts";
import { formatRange } from "../model/address_value.ts";
import type { ClusterState, Pod } from "../model/cluster.ts";
import type { DomainName } from "../model/cluster_network_policy.ts";
import { formatDomainName } from "../model/known_name.ts";
import type { Peer } from "../model/network_policy.ts";
import { compareText } from "../model/object_key.ts";
import { isPodSelected, type Selection, selectionOf, uniqueSelections } from "./selection.ts";

/** Who is at the other end: anybody, or the union of selections and blocks. */
export type Peers = "all" | UnionPeers;

/** Pods that any selection selects, addresses that lie in any block, or that any name stands for. */
export interface UnionPeers {
  /** By key, without duplicates. */
  readonly selections: readonly Selection[];
  /** Sorted, disjoint, not touching. */
  readonly blocks: readonly AddressRange[];
  /** Whose addresses DNS tells (CNP-14): sorted by what they print, without duplicates. */
  readonly names: readonly DomainName[];
}

/** The peers of one rule of a policy; no `from` or `to` is everybody (NP-11). */
export function peersOf(peers: readonly Peer[] | undefined, policyNamespace: string): Peers {
  if (peers === undefined) return "all";
  const selections: Selection[] = [];
  const blocks: AddressRange[] = [];
  for (const peer of peers) {
    if (peer.kind === "pods") selections.push(selectionOf(peer, policyNamespace));
    // NP-24, NP-25: an exception narrows its own block and denies nothing to other peers
    else blocks.push(...subtractRanges(peer.cidr, peer.except));
  }
  return { selections: uniqueSelections(selections), blocks: mergeRanges(blocks), names: [] };
}

/** The union of lists of peers (NP-7). */
export function unitePeers(...lists: readonly Peers[]): Peers {
  const unions = lists.filter((peers) => peers !== "all");
  if (unions.length < lists.length) return "all";
  return {
    selections: uniqueSelections(unions.flatMap(({ selections }) => selections)),
    blocks: mergeRanges(unions.flatMap(({ blocks }) => blocks)),
    names: uniqueNames(unions.flatMap(({ names }) => names)),
  };
}

/** Sorts names by what they print, and leaves out those that stand there twice. */
export function uniqueNames(names: readonly DomainName[]): readonly DomainName[] {
  const byText = new Map(names.map((name) => [formatDomainName(name), name]));
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, name]) => name);
}

/** Blocks whose exceptions leave nothing are no peer, and must not become "any". */
export function isNobody(peers: Peers): boolean {
  if (peers === "all") return false;
  return peers.selections.length + peers.blocks.length + peers.names.length === 0;
}

/** Tells whether somebody may be among both: the namespace of a pod is known, or it is not. */
export function mayShare(a: Peers, b: Peers): boolean {
  const [doubtA, doubtB] = [doubtOf(a), doubtOf(b)];
  return doubtA === undefined || doubtB === undefined || doubtA === doubtB;
}

/** Whether the peers' namespaces are all in doubt, or none; undefined: they may be anybody. */
function doubtOf(peers: Peers): boolean | undefined {
  if (peers === "all" || peers.blocks.length + peers.names.length > 0) return undefined;
  const [first, ...others] = peers.selections.map((selection) =>
    selection.kind === "pods" && typeof selection.namespaces !== "string"
      ? selection.inDoubt
      : undefined
  );
  return others.every((doubt) => doubt === first) ? first : undefined;
}

/** Prints peers: equal peers print alike. */
export function formatPeers(peers: Peers): string {
  if (peers === "all") return "*";
  return printed.getOrInsertComputed(
    peers,
    ({ selections, blocks }) =>
      [...selections.map(({ key }) => key), ...blocks.map(formatRange)].join("; "),
  );
}

/** What is said of many ports has the same peers, and they may be thousands of blocks. */
const printed = new WeakMap<UnionPeers, string>();

/** Tells whether an address, owned by a pod, is one of the peers (NP-26: blocks match pods too). */
export function isPeer(
  peers: Peers,
  owner: { readonly point: AddressPoint; readonly pod: Pod },
  state: ClusterState,
): boolean {
  if (peers === "all") return true;
  return peers.selections.some((selection) => isPodSelected(owner.pod, selection, state)) ||
    isInRanges(owner.point, peers.blocks);
}
