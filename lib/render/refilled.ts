// This module is pure.
import type { ListedChain, Listing } from "../model/listing.ts";
import { isSame } from "../model/same.ts";

/** Chains by name. */
export type Chains = Listing["chains"];

/** One of them. */
export type NamedChain = readonly [name: string, chain: ListedChain];

/**
 * The chains that are there and get other rules.
 *
 * @param from Those that are there, without those that stay the same objects.
 * @param to What these will be.
 */
export function changedChains(from: Chains, to: Chains): readonly NamedChain[] {
  return [...to].filter(([name, { rules }]) => {
    const found = from.get(name);
    return found !== undefined && !isSame(found.rules, rules);
  });
}

/**
 * The chains that will be refilled, and those that hand on to one of them: tiers before others.
 *
 * @param whole All that are there.
 */
export function refilledChains(
  changed: readonly NamedChain[],
  whole: Chains,
): ReadonlySet<string> {
  const refilled = new Set(changed.map(([name]) => name));
  const leadsThere = (chain: ListedChain): boolean =>
    nextChains(chain).some((name) => {
      const next = whole.get(name);
      return refilled.has(name) || (next !== undefined && leadsThere(next));
    });
  for (const [name, chain] of whole) if (leadsThere(chain)) refilled.add(name);
  return refilled;
}

/** What was found of chains; one that does not change stays the same object. */
const known = new WeakMap<ListedChain, readonly string[]>();

function nextChains(chain: ListedChain): readonly string[] {
  const found = known.get(chain);
  if (found !== undefined) return found;
  const next = chain.rules.flatMap((rule) => / ?\bgoto (\S+)/.exec(rule)?.[1] ?? []);
  const unique = [...new Set(next)];
  known.set(chain, unique);
  return unique;
}
