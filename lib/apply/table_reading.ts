// This module is pure.
import { isDynamic, type ListedSet, type Listing, tendedAs } from "../model/listing.ts";

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

/**
 * Without what rules, or an earlier agent, have put into sets: of a dynamic one only what we have put
 * there counts, and is known to be there still. Added anew it would stay for longer than the
 * kernel remembers which connections have begun since, and they would be cut. What is watched may be
 * so for longer, and is not to end early: none of it is known to be there.
 */
export function withoutOthersElements(
  reading: TableReading,
  good: Listing | undefined,
): TableReading {
  const sets = [...reading.listing.sets].map(([name, set]): [string, ListedSet] => {
    if (!isDynamic(set)) return [name, set];
    if (tendedAs(set) === "watched") return [name, { ...set, elements: new Map() }];
    const own = [...good?.sets.get(name)?.elements ?? []].filter(([key]) => set.elements.has(key));
    return [name, { ...set, elements: new Map(own) }];
  });
  return { ...reading, listing: { ...reading.listing, sets: new Map(sets) } };
}
