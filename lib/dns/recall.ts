// This module is pure.
import { tryParseAddress } from "../decode/address.ts";
import type { NamedAddress } from "../model/known_name.ts";
import { tryParseLease } from "../model/lease.ts";
import { isLeased, type Listing } from "../model/listing.ts";

/** What an earlier agent knew of a name. */
export interface Recalled extends NamedAddress {
  /** In lower case, without a dot at its end. */
  readonly name: string;
}

/**
 * What an earlier agent left in its table of what DNS had told: the pods that were told do not ask
 * again because we begin anew.
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
