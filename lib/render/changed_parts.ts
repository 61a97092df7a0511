// This module is pure.
import type { Listing } from "../model/listing.ts";
import { NamedList } from "./named_list.ts";

/**
 * Two listings without what both have: what did not change is the same object, and need not be
 * looked at any further.
 */
export function withoutSame(from: Listing, to: Listing): readonly [Listing, Listing] {
  const [oldSets, newSets] = changedOf(from.sets, to.sets);
  const [oldChains, newChains] = changedOf(from.chains, to.chains);
  return [{ sets: oldSets, chains: oldChains }, { sets: newSets, chains: newChains }];
}

type ByName<T> = ReadonlyMap<string, T>;

function changedOf<T>(from: ByName<T>, to: ByName<T>): readonly [ByName<T>, ByName<T>] {
  const [old, fresh] = [new Map<string, T>(), new Map<string, T>()];
  if (from === to) return [old, fresh];
  const changed = from instanceof NamedList && to instanceof NamedList
    ? from.changedIn(to)
    : undefined;
  if (changed !== undefined) {
    for (const name of changed) {
      old.set(name, from.get(name)!);
      fresh.set(name, to.get(name)!);
    }
    return [old, fresh];
  }
  let kept = 0;
  for (const [name, thing] of to) {
    const before = from.get(name);
    if (before !== undefined) kept++;
    if (before === thing) continue;
    fresh.set(name, thing);
    if (before !== undefined) old.set(name, before);
  }
  if (kept === from.size) return [old, fresh];
  for (const [name, thing] of from) if (!to.has(name)) old.set(name, thing);
  return [old, fresh];
}
