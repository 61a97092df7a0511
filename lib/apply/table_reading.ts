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
 * Without what rules, or an earlier agent, have put into sets: of a dynamic one what we have put there
 * counts as there, also where rules have taken it out. Added anew it would stay for longer than the
 * kernel remembers which connections have begun since, and they would be cut. What is watched may be
 * so for longer, and is not to end early: none of it is known to be there.
 */
export function withoutOthersElements(
  reading: TableReading,
  good: Listing | undefined,
): TableReading {
  const sets = [...reading.listing.sets].map(([name, set]): [string, ListedSet] => {
    if (!isDynamic(set)) return [name, set];
    const own = tendedAs(set) === "watched" ? undefined : good?.sets.get(name)?.elements;
    return [name, { ...set, elements: own ?? none }];
  });
  return { ...reading, listing: { ...reading.listing, sets: new Map(sets) } };
}

/** The sets of addresses that are new for a time, with all that is in them, whoever put it there. */
export function briefSets({ listing }: TableReading): Listing["sets"] {
  return new Map([...listing.sets].filter(([, set]) => isOfNewAddresses(set)));
}

/**
 * A listing with what others have put into such sets, where it comes into another of them: an address
 * that changes hands must be in the set of its new era alone, also where an earlier agent has put it
 * into that of its last owner. The same listing where there is none.
 *
 * @param others What was in these sets when the table was read back.
 */
export function withOthersComing(
  listing: Listing,
  to: Listing,
  others: Listing["sets"],
): Listing {
  const wantedIn = (name: string): ListedSet["elements"] => to.sets.get(name)?.elements ?? none;
  const coming = [...others.keys()].flatMap((name) =>
    [...wantedIn(name).keys()].filter((key) => !listing.sets.get(name)?.elements.has(key))
  );
  const changed = [...others].flatMap(([name, { elements }]): [string, ListedSet][] => {
    const set = listing.sets.get(name);
    const found = coming.filter((key) => elements.has(key) && !wantedIn(name).has(key));
    if (set === undefined || found.length === 0) return [];
    const more = found.map((key) => [key, key] as const);
    return [[name, { ...set, elements: new Map([...more, ...set.elements]) }]];
  });
  if (changed.length === 0) return listing;
  return { ...listing, sets: new Map([...listing.sets, ...changed]) };
}

const none: ListedSet["elements"] = new Map();

/** The others that are brief are of connections: rules alone fill them, and there may be very many. */
function isOfNewAddresses(set: ListedSet): boolean {
  return tendedAs(set) === "brief" && !set.declaration.includes("typeof ct id");
}
