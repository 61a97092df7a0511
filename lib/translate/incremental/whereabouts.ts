// This module is pure.
import type { IpAddress } from "../../model/address.ts";
import type { Reach } from "./reach.ts";

/** What all IPv6 addresses are counted under. */
const ipv6 = ":";

/** Where in the world there are any addresses that pods own: a rough map, of a few hundred places. */
export class Whereabouts {
  /** `10.0.7.` -> how many begin with it */
  readonly #counts = new Map<string, number>();

  /** So many addresses more, or fewer, lie where this one does. */
  add(address: IpAddress, count: 1 | -1): void {
    const place = placeOf(address);
    const after = (this.#counts.get(place) ?? 0) + count;
    if (after > 0) this.#counts.set(place, after);
    else this.#counts.delete(place);
  }

  /** False where no address lies within reach, so that none need be asked. */
  mayBeWithin({ isEverywhere, blocks, prefix }: Reach): boolean {
    if (isEverywhere) return true;
    if (this.#counts.has(ipv6) && blocks.some(({ family }) => family === "IPv6")) return true;
    if (prefix === undefined) return false;
    for (const place of this.#counts.keys()) {
      if (place.startsWith(prefix) || prefix.startsWith(place)) return true;
    }
    return false;
  }
}

function placeOf(address: IpAddress): string {
  return address.includes(":") ? ipv6 : address.slice(0, address.lastIndexOf(".") + 1);
}
