// This module is pure.
import type { Family, IpAddress } from "../model/address.ts";
import { formatLease } from "../model/lease.ts";
import { currentAddress, type CurrentItem, formerAddress, leasedOf } from "../model/named_item.ts";
import { bare, type NftSet, type SetElement } from "../model/nft_set.ts";
import type { NameSet } from "../model/peer_sets.ts";
import { formatUsed } from "../model/used_comment.ts";
import { nftFamily } from "./addresses.ts";
import { comment } from "./comments.ts";
import { formerSetName, nameSetName } from "./names.ts";

/**
 * A set of former addresses begins with so many at most: half of what it can hold, as rules add to
 * it, and a set that is full remembers no more.
 */
const mostAtFirst = 32_767;

/**
 * One family's sets of named addresses: those that new connections may be opened to, each for as
 * long as DNS has told it, and those that were used before, where connections live on (CNP-14).
 */
export function nameNftSets(names: NameSet, family: Family): readonly NftSet[] {
  return [currentSet(names, family), formerSet(names, family)];
}

function currentSet({ key, current }: NameSet, family: Family): NftSet {
  return {
    name: nameSetName(key, family),
    typeof: `${nftFamily(family)} saddr`,
    keeping: "leased",
    comment: comment(key),
    elements: new Map(current[family].flat().map(currentElement)),
  };
}

/** An address that may be opened to, and until when. */
export function currentElement(item: CurrentItem): readonly [IpAddress, SetElement] {
  const { address, seconds, ...lease } = leasedOf(item);
  return [address, { comment: comment(formatLease(lease)), seconds }];
}

/** Rules add to it. */
function formerSet(names: NameSet, family: Family): NftSet {
  const { key } = names;
  return {
    name: formerSetName(key, family),
    typeof: `${nftFamily(family)} saddr`,
    keeping: "dynamic",
    comment: comment(formatUsed(key)),
    elements: new Map(firstFormer(names, family).map((address) => [address, bare])),
  };
}

/** What a set of former addresses begins with: current ones, and the latest of the others. */
export function firstFormer({ current, former }: NameSet, family: Family): readonly IpAddress[] {
  const addresses = new Set(current[family].flat().map(currentAddress));
  for (const piece of former[family].toReversed()) {
    if (addresses.size >= mostAtFirst) break;
    for (const item of piece.toReversed()) addresses.add(formerAddress(item));
  }
  return [...addresses].slice(0, mostAtFirst);
}
