// This module is pure.
import type { IpAddress } from "./address.ts";
import type { NamedAddress } from "./known_name.ts";

/**
 * An address that a DNS name stands for, as a text that sorts by the address: it, until when in ms
 * since the epoch, for how many seconds it was told, and the name.
 */
export type CurrentItem = `${IpAddress} ${number} ${number} ${string}`;

/**
 * An address that a DNS name has stood for, as a text that sorts by the time: until when in ms
 * since the epoch, of fifteen digits, and the address.
 */
export type FormerItem = `${string} ${IpAddress}`;

/** A current address, and the name that it stands for. */
export interface Leased extends NamedAddress {
  /** In lower case, without a dot at its end. */
  readonly name: string;
}

/** Prints a current address. */
export function currentItem({ address, until, seconds, name }: Leased): CurrentItem {
  return `${address} ${until} ${seconds} ${name}`;
}

/** Reads what `currentItem` printed. */
export function leasedOf(item: CurrentItem): Leased {
  const [address, until, seconds, name] = item.split(" ") as [IpAddress, string, string, string];
  return { address, until: Number(until), seconds: Number(seconds), name };
}

/** The address that an item is about. */
export function currentAddress(item: CurrentItem): IpAddress {
  return item.slice(0, item.indexOf(" ")) as IpAddress;
}

/** Prints a former address. */
export function formerItem(address: IpAddress, until: number): FormerItem {
  return `${`${until}`.padStart(15, "0")} ${address}`;
}

/** The address that an item is about. */
export function formerAddress(item: FormerItem): IpAddress {
  return item.slice(16) as IpAddress;
}
