// This module is pure.
import { tryParseAddress } from "../decode/address.ts";
import type { IpAddress } from "../model/address.ts";
import { formatDomainName, type NamedAddress, type UsedAddresses } from "../model/known_name.ts";
import { tryParseLease } from "../model/lease.ts";
import { isLeased, type Listing } from "../model/listing.ts";
import { tryParseUsed } from "../model/used_comment.ts";

/** What an earlier agent knew of a name. */
export interface Recalled extends NamedAddress {
  /** In lower case, without a dot at its end. */
  readonly name: string;
}

/**
 * What an earlier agent left in its table of what DNS had told: the pods that were told do not ask
 * again because we begin anew.
 * A name of more than a hundred characters has no room in a comment, and is not known again.
 *
 * @param now In ms since the epoch.
 */
export function recall({ sets }: Listing, now: number): readonly Recalled[] {
  return [...sets.values()].filter(isLeased).flatMap(({ elements }) =>
    [...elements].flatMap(([key, text]) => {
      const lease = tryParseLease(text);
      const address = tryParseAddress(key);
      if (lease === undefined || address === undefined || lease.until <= now) return [];
      return [{ ...lease, address, seconds: Math.ceil((lease.until - now) / 1000) }];
    })
  );
}

/**
 * What the rules of an earlier agent's table remember to be used: connections to it live on, also where
 * a set for other names takes the place of theirs. Names that a set's comment has no room for are
 * nobody's: it could be those that no rule means any more.
 */
export function recallUsed({ sets }: Listing): readonly UsedAddresses[] {
  const byNames = new Map<string, UsedAddresses & { readonly addresses: IpAddress[] }>();
  for (const { declaration, elements } of sets.values()) {
    const names = declaration.map(tryParseUsed).find((some) => some !== undefined);
    if (names === undefined) continue;
    const key = names.map(formatDomainName).join(" ");
    const used = byNames.getOrInsertComputed(key, () => ({ names, addresses: [] }));
    for (const text of elements.keys()) {
      const address = tryParseAddress(text);
      if (address !== undefined) used.addresses.push(address);
    }
  }
  return [...byNames.values()];
}
