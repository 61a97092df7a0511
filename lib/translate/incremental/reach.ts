// This module is pure.
import type { IpAddress } from "../../model/address.ts";
import { type AddressRange, isInRanges } from "../../model/address_range.ts";
import { addressPoint, formatAddressValue } from "../../model/address_value.ts";
import type { EndpointStep } from "../endpoint_steps.ts";

/** Where members of a set of endpoints may lie, whatever selects the pods there. */
export interface Reach {
  /** Some step to the set is about everybody. */
  readonly isEverywhere: boolean;
  /** Some step to the set is about these. */
  readonly blocks: readonly AddressRange[];
  /** What the texts of all IPv4 addresses in the blocks begin with; undefined: there are none. */
  readonly prefix: string | undefined;
}

/** The reach of the set that steps lead to. */
export function reachOf(steps: readonly EndpointStep[]): Reach {
  const peers = steps.filter(({ isMember }) => isMember).map(({ said }) => said.peers);
  const blocks = peers.flatMap((peers) => peers === "all" ? [] : peers.blocks);
  return { ...reachOfBlocks(blocks), isEverywhere: peers.includes("all") };
}

/** No more than some blocks. */
export function reachOfBlocks(blocks: readonly AddressRange[]): Reach {
  return { isEverywhere: false, blocks, prefix: prefixOf(blocks) };
}

/** Tells whether there is any such place. */
export function isBroad({ isEverywhere, blocks }: Reach): boolean {
  return isEverywhere || blocks.length > 0;
}

/**
 * Tells whether an address is within reach. All addresses of a cluster are asked when a set is new,
 * and most lie far away: their first numbers tell.
 */
export function isWithin({ isEverywhere, blocks, prefix }: Reach, address: IpAddress): boolean {
  if (isEverywhere) return true;
  const isNear = address.includes(":") || (prefix !== undefined && address.startsWith(prefix));
  return isNear && isInRanges(addressPoint(address), blocks);
}

function prefixOf(blocks: readonly AddressRange[]): string | undefined {
  const ends = blocks.filter(({ family }) => family === "IPv4").flatMap(({ first, last }) =>
    [first, last].map((value) => formatAddressValue("IPv4", value).split("."))
  );
  const [one] = ends;
  if (one === undefined) return undefined;
  const same = one.findIndex((number, i) => ends.some((end) => end[i] !== number));
  return one.slice(0, same < 0 ? one.length - 1 : same).map((number) => `${number}.`).join("");
}
