// This module is pure.
import { familyOf, type IpAddress } from "../model/address.ts";
import type { AddressRange } from "../model/address_range.ts";
import { addressValue } from "../model/address_value.ts";

/** Tells whether an address lies in a range; none does in one of the other family (NP-27). */
export function contains({ family, first, last }: AddressRange, address: IpAddress): boolean {
  if (family !== familyOf(address)) return false;
  const value = addressValue(address);
  return first <= value && value <= last;
}
