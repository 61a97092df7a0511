// This module is pure.
import { type Family, familyOf } from "../model/address.ts";
import { formatLease } from "../model/lease.ts";
import type { NameSet } from "../model/node_policy.ts";
import { bare, type NftSet, type SetElement } from "../model/ruleset.ts";
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
  const elements = current.filter(({ address }) => familyOf(address) === family)
    .map((lease): [string, SetElement] => {
      return [lease.address, { comment: comment(formatLease(lease)), seconds: lease.seconds }];
    });
  return {
    name: nameSetName(key, family),
    typeof: `${nftFamily(family)} saddr`,
    keeping: "leased",
    comment: comment(key),
    elements: new Map(elements),
  };
}

/** Rules add to it; what is known of addresses, the latest of them, is what it begins with. */
function formerSet({ key, current, former }: NameSet, family: Family): NftSet {
  const all = new Set([...current.map(({ address }) => address), ...former]);
  const addresses = [...all].filter((address) => familyOf(address) === family);
  return {
    name: formerSetName(key, family),
    typeof: `${nftFamily(family)} saddr`,
    keeping: "dynamic",
    comment: comment(`used: ${key}`),
    elements: new Map(addresses.slice(0, mostAtFirst).map((address) => [address, bare])),
  };
}
