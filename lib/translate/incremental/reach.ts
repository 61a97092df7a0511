// This module is pure.
import { type AddressPoint, type AddressRange, isInRanges } from "../../model/address_range.ts";
import type { EndpointStep } from "../endpoint_steps.ts";

/** Where members of a set of endpoints may lie, whatever selects the pods there. */
export interface Reach {
  /** Some step to the set is about everybody. */
  readonly isEverywhere: boolean;
  /** Some step to the set is about these. */
  readonly blocks: readonly AddressRange[];
}

/** The reach of the set that steps lead to. */
export function reachOf(steps: readonly EndpointStep[]): Reach {
  const peers = steps.filter(({ isMember }) => isMember).map(({ said }) => said.peers);
  return {
    isEverywhere: peers.includes("all"),
    blocks: peers.flatMap((peers) => peers === "all" ? [] : peers.blocks),
  };
}

/** Tells whether there is any such place. */
export function isBroad({ isEverywhere, blocks }: Reach): boolean {
  return isEverywhere || blocks.length > 0;
}

/** Tells whether an address is within reach. */
export function isWithin({ isEverywhere, blocks }: Reach, point: AddressPoint): boolean {
  return isEverywhere || isInRanges(point, blocks);
}
