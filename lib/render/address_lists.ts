// This module is pure.
import { type Family, familyOf, type IpAddress } from "../model/address.ts";
import type { AddressSet, EndpointSet } from "../model/node_policy.ts";
import { addressNftSet, endpointNftSet, endpointText } from "./addresses.ts";
import { KeyList } from "./key_list.ts";
import type { PrintedSet } from "./keyed_sets.ts";
import { listSet, type NamedSet } from "./listing.ts";

/** Prints one family's part of a set of addresses, which may be large. */
export function listAddresses(
  set: AddressSet,
  family: Family,
  before: PrintedSet<AddressSet> | undefined,
): readonly NamedSet[] {
  const [name, head] = before?.printed[0] ??
    listSet(addressNftSet({ ...set, addresses: [] }, family));
  const addresses = partOf(set.addresses, family, (address) => address);
  return [[name, { ...head, elements: new KeyList(addresses) }]];
}

/** Prints one family's part of a set of endpoints, which may be large. */
export function listEndpoints(
  set: EndpointSet,
  family: Family,
  before: PrintedSet<EndpointSet> | undefined,
): readonly NamedSet[] {
  const [name, head] = before?.printed[0] ??
    listSet(endpointNftSet({ ...set, endpoints: [] }, family));
  const endpoints = partOf(set.endpoints, family, ({ address }) => address);
  return [[name, { ...head, elements: new KeyList(endpoints.map(endpointText)) }]];
}

/** One family's part of a list in which IPv4 comes before IPv6: nearly always all of it. */
function partOf<T>(
  list: readonly T[],
  family: Family,
  addressOf: (item: T) => IpAddress,
): readonly T[] {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (familyOf(addressOf(list[middle]!)) === "IPv4") low = middle + 1;
    else high = middle;
  }
  if (family === "IPv4") return low === list.length ? list : list.slice(0, low);
  return low === 0 ? list : list.slice(low);
}
