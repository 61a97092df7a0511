// This module is pure.
import type { ListedChain, ListedSet, Listing } from "../model/listing.ts";
import { bothChainName } from "./names.ts";

/** Where pods are judged while chains are refilled. */
export interface Moving {
  /** The maps, before any chain is refilled and until all are. */
  readonly sets: Listing["sets"];
  /** Chains that are there for that time alone: each judges by two others, both of which must allow. */
  readonly chains: Listing["chains"];
}

/**
 * Sends pods that go from chain to chain on their way. What a packet's other end does not deny any
 * more, theirs may deny now, and the other way round: which of the two is refilled, and which is
 * joined, nobody knows here. So before chains are refilled
 *
 * - whoever is in one that will be refilled without them goes to the next one, or out;
 * - whoever was in none goes into theirs;
 * - whoever goes from one to another is judged by both;
 *
 * and after it whoever goes to a chain that is refilled for them, or out of one that stays.
 *
 * @param refilled The chains that get other rules.
 */
export function movingBetween(
  from: Listing,
  to: Listing,
  refilled: ReadonlySet<string>,
): Moving {
  const sets = new Map(from.sets);
  const chains = new Map<string, ListedChain>();
  for (const [name, set] of from.sets) {
    const wanted = to.sets.get(name);
    if (set.kind === "map" && wanted !== undefined) {
      sets.set(name, meanwhile(set, wanted, { refilled, chains }));
    }
  }
  return { sets, chains };
}

interface Way {
  readonly refilled: ReadonlySet<string>;
  /** Takes those that judge by two others. */
  readonly chains: Map<string, ListedChain>;
}

function meanwhile(from: ListedSet, to: ListedSet, { refilled, chains }: Way): ListedSet {
  const elements = new Map(from.elements);
  for (const [key, text] of from.elements) {
    const next = to.elements.get(key);
    const isLeft = refilled.has(chainOf(text));
    if (next === undefined) {
      if (isLeft) elements.delete(key);
    } else if (chainOf(next) !== chainOf(text) && !refilled.has(chainOf(next))) {
      elements.set(key, isLeft ? next : throughBoth(text, next, chains));
    } // between two chains that are both refilled no order is better than the other
  }
  for (const [key, text] of to.elements) {
    if (!from.elements.has(key) && !refilled.has(chainOf(text))) elements.set(key, text);
  }
  return { ...from, elements };
}

function throughBoth(text: string, next: string, chains: Map<string, ListedChain>): string {
  const [first, last] = [chainOf(text), chainOf(next)];
  const name = bothChainName(first, last);
  chains.set(name, { declaration: [], rules: [`jump ${first}`, `goto ${last}`] });
  return next.slice(0, -last.length) + name;
}

/** The chain that a map's element leads to: its last word. */
function chainOf(element: string): string {
  return element.slice(element.lastIndexOf(" ") + 1);
}
