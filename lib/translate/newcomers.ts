// This module is pure.
import type { ClusterState } from "../model/cluster.ts";
import type { Newcomer } from "../model/newcomer.ts";
import { compareText } from "../model/object_key.ts";

/** The addresses that are new to their pods, sorted. */
export function newcomersOf({ newcomers }: Pick<ClusterState, "newcomers">): readonly Newcomer[] {
  return newcomers.toSorted((a, b) => compareText(a.address, b.address));
}
