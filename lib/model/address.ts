// This module is pure.

/** An address family, in the Kubernetes API's words. */
export type Family = "IPv4" | "IPv6";

/** Both families, in the order in which everything is sorted and printed. */
export const families: readonly Family[] = ["IPv4", "IPv6"];

/** The mark of a canonical address. Types alone know it: no value has it. */
export declare const ipAddress: unique symbol;

/**
 * An IP address in its canonical text form: dotted decimal for IPv4, RFC 5952 for IPv6, never
 * IPv4-mapped. Two addresses are the same if and only if their texts are.
 */
export type IpAddress = string & { readonly [ipAddress]: true };

/** The family of a canonical address. */
export function familyOf(address: IpAddress): Family {
  return address.includes(":") ? "IPv6" : "IPv4";
}

/** Orders addresses as sets of them are sorted: by family, then as text. */
export function compareAddresses(a: IpAddress, b: IpAddress): number {
  const [familyA, familyB] = [familyOf(a), familyOf(b)];
  if (familyA !== familyB) return familyA === "IPv4" ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts addresses as `compareAddresses` does, and much quicker where they are many. */
export function sortAddresses(addresses: Iterable<IpAddress>): readonly IpAddress[] {
  const all = [...addresses];
  return families.flatMap((family) => all.filter((address) => familyOf(address) === family).sort());
}
