// This module is pure.
import type { Family } from "../model/address.ts";
import type { AddressSet, Endpoint, EndpointSet } from "../model/peer_sets.ts";
import { addressNftSet, endpointNftSet, endpointText } from "./addresses.ts";
import { KeyList } from "./key_list.ts";
import type { PrintSet } from "./keyed_sets.ts";
import { listSet } from "./listing.ts";

/** Prints one family's part of sets of addresses, which may be large. */
export function addressPrinter(family: Family): PrintSet<AddressSet> {
  return (set, before) => {
    const empty = { ...set, addresses: { ...set.addresses, [family]: [] } };
    const [name, head] = before?.printed[0] ?? listSet(addressNftSet(empty, family));
    return [[name, { ...head, elements: new KeyList(set.addresses[family]) }]];
  };
}

/** Prints one family's part of sets of endpoints, which may be large. */
export function endpointPrinter(family: Family): PrintSet<EndpointSet> {
  const printed = new WeakMap<readonly Endpoint[], readonly string[]>();

  function print(piece: readonly Endpoint[]): readonly string[] {
    const texts = printed.get(piece) ?? piece.map(endpointText);
    printed.set(piece, texts);
    return texts;
  }

  return (set, before) => {
    const empty = { ...set, endpoints: { ...set.endpoints, [family]: [] } };
    const [name, head] = before?.printed[0] ?? listSet(endpointNftSet(empty, family));
    return [[name, { ...head, elements: new KeyList(set.endpoints[family].map(print)) }]];
  };
}
