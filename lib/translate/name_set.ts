// This module is pure.
import { familyOf, forEachFamily, type IpAddress } from "../model/address.ts";
import type { ClusterState } from "../model/cluster.ts";
import type { DomainName } from "../model/cluster_network_policy.ts";
import { formatDomainName, isMeant, type KnownName, meansAll } from "../model/known_name.ts";
import {
  type CurrentItem,
  currentItem,
  type FormerItem,
  formerItem,
  type Leased,
} from "../model/named_item.ts";
import type { NameSet } from "../model/peer_sets.ts";
import { inPieces } from "../model/pieces.ts";

/** What is known of a name. */
export type NameEntry = readonly [name: string, known: KnownName];

/** What a set of named addresses has of one address. */
export interface Standing {
  /** For the name that it stands for longest; undefined: it stands for none now. */
  readonly current: CurrentItem | undefined;
  /** As of the name that it has stood for last; undefined: it has stood for none before. */
  readonly former: FormerItem | undefined;
}

/** Works out what a set has of an address, by what is known of the names that it means. */
export function standingOf(address: IpAddress, names: Iterable<NameEntry>): Standing {
  let longest: Leased | undefined;
  let last: number | undefined;
  for (const [name, { current, former }] of names) {
    const named = current.get(address);
    if (named !== undefined && isLonger(named.until, name, longest)) longest = { ...named, name };
    const until = former.get(address);
    if (until !== undefined && (last === undefined || until > last)) last = until;
  }
  return {
    current: longest === undefined ? undefined : currentItem(longest),
    former: last === undefined ? undefined : formerItem(address, last),
  };
}

function isLonger(until: number, name: string, other: Leased | undefined): boolean {
  return other === undefined || until > other.until || (until === other.until && name < other.name);
}

/** What a state says of names. */
export type KnownNames = Pick<ClusterState, "names" | "usedAddresses">;

/**
 * What is known of the names that a set means. An address that was used may have been any of its
 * names', so it counts where all of them are meant.
 */
export function* entriesOf(
  names: readonly DomainName[],
  { names: known, usedAddresses }: KnownNames,
): Iterable<NameEntry> {
  for (const entry of known) if (names.some((domain) => isMeant(entry[0], domain))) yield entry;
  for (const { names: others, addresses } of usedAddresses) {
    if (!meansAll(names, others)) continue;
    const former = new Map(addresses.map((address) => [address, 0]));
    yield [others.map(formatDomainName).join(", "), { current: new Map(), former }];
  }
}

/** The content of a set of named addresses; what is known of other names is left out. */
export function nameSet(
  key: string,
  names: readonly DomainName[],
  state: KnownNames,
): NameSet {
  const byAddress = new Map<IpAddress, NameEntry[]>();
  for (const entry of entriesOf(names, state)) {
    for (const address of addressesOf(entry[1])) {
      byAddress.getOrInsertComputed(address, () => []).push(entry);
    }
  }
  const items = forEachFamily(() => ({ current: [] as CurrentItem[], former: [] as FormerItem[] }));
  for (const [address, entries] of byAddress) {
    const { current, former } = standingOf(address, entries);
    if (current !== undefined) items[familyOf(address)].current.push(current);
    if (former !== undefined) items[familyOf(address)].former.push(former);
  }
  return {
    ...{ key, names },
    current: forEachFamily((family) => inPieces(items[family].current.sort())),
    former: forEachFamily((family) => inPieces(items[family].former.sort())),
  };
}

/** All addresses that a name stands for, or has stood for; each once. */
export function addressesOf({ current, former }: KnownName): ReadonlySet<IpAddress> {
  return new Set([...current.keys(), ...former.keys()]);
}
