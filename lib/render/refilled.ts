// This module is pure.
import { isPortMap, type ListedChain, type ListedSet, type Listing } from "../model/listing.ts";
import { isSame } from "../model/same.ts";
import type { NamedChain } from "./listing.ts";

/** Chains by name. */
export type Chains = Listing["chains"];

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
 * The chains that will be refilled, and those that hand on to one of them: tiers before others, and
 * what parts packets by their ports.
 *
 * @param whole All that is there.
 */
export function refilledChains(
  changed: readonly NamedChain[],
  whole: Listing,
): ReadonlySet<string> {
  const refilled = new Set(changed.map(([name]) => name));
  const leadsThere = (chain: ListedChain): boolean =>
    nextChains(chain, whole).some((name) => {
      const next = whole.chains.get(name);
      return refilled.has(name) || (next !== undefined && leadsThere(next));
    });
  for (const [name, chain] of whole.chains) if (leadsThere(chain)) refilled.add(name);
  return refilled;
}

/** The chains that a chain hands on to, by itself or by maps of ports. */
function nextChains(chain: ListedChain, { sets }: Listing): readonly string[] {
  const { chains, maps } = nextOf(chain);
  return [
    ...chains,
    ...maps.flatMap((name) => {
      const map = sets.get(name);
      return map !== undefined && isPortMap(map) ? targetsOf(map) : [];
    }),
  ];
}

/** What a chain's rules lead to. */
interface Next {
  readonly chains: Targets;
  readonly maps: readonly string[];
}

/** What was found of chains and maps; one that does not change stays the same object. */
const known = { chains: new WeakMap<ListedChain, Next>(), maps: new WeakMap<ListedSet, Targets>() };

type Targets = readonly string[];

function nextOf(chain: ListedChain): Next {
  return known.chains.getOrInsertComputed(chain, ({ rules }) => ({
    chains: gotos(rules),
    maps: [...new Set(rules.flatMap((rule) => / vmap @(\S+)/.exec(rule)?.[1] ?? []))],
  }));
}

function targetsOf(map: ListedSet): Targets {
  return known.maps.getOrInsertComputed(map, ({ elements }) => gotos([...elements.values()]));
}

/** The chains that rules or elements hand on to. */
function gotos(texts: readonly string[]): Targets {
  return [...new Set(texts.flatMap((text) => / ?\bgoto (\S+)/.exec(text)?.[1] ?? []))];
}
