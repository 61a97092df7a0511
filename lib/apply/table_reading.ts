// This module is pure.
import type { Listing } from "../model/listing.ts";

/** What was read back: the table, with what hedgerow never puts there but others may. */
export interface TableReading {
  /** Its chains, sets and maps, whoever made them. */
  readonly listing: Listing;
  /** The table's own lines, as `flags dormant`, `comment "…"`. */
  readonly declaration: readonly string[];
  /** Objects that are neither chain nor set nor map. */
  readonly others: readonly OtherObject[];
}

/** An object of a kind that hedgerow does not make. */
export interface OtherObject {
  /** As nft names it in `delete KIND`: `counter`, `ct helper`, `flowtable`. */
  readonly kind: string;
  /** Its name within its kind. */
  readonly name: string;
}

/** Tells whether a table is asleep: it is there, and none of its chains sees a packet. */
export function isDormant({ declaration }: TableReading): boolean {
  return declaration.some((line) => /^flags\b.*\bdormant\b/.test(line));
}
