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

/** One of each family. */
export type ByFamily<T> = Readonly<Record<Family, T>>;

/** Makes one for each family. */
export function forEachFamily<T>(make: (family: Family) => T): ByFamily<T> {
  return { IPv4: make("IPv4"), IPv6: make("IPv6") };
}
