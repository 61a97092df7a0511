// This module is pure.

/**
 * What sets and maps are declared with (`typeof`), and what elements are written as:
 * - `ip saddr`, `ip6 saddr`: an address;
 * - `ip saddr . meta nfproto`, `ip6 saddr . meta nfproto`: `address . ipv4`, or in interval sets a
 *   prefix or `first-last` instead of the address;
 * - `ip saddr . ip saddr`, `ip6 saddr . ip6 saddr`: `a . b`;
 * - `ip saddr . th dport`, `ip6 saddr . th dport`: `address . port`;
 * - `th dport`: a port or, in interval sets, `first-last`;
 * - `iifname`: an interface's name in quotes;
 * - `ip saddr . iifname`, `ip6 saddr . iifname`: `address . "name"`, and in interval sets as the above;
 * - `ct id`: a connection; rules alone add them.
 */
export type SetType =
  | "ip saddr"
  | "ip6 saddr"
  | "ip saddr . meta nfproto"
  | "ip6 saddr . meta nfproto"
  | "ip saddr . ip saddr"
  | "ip6 saddr . ip6 saddr"
  | "ip saddr . th dport"
  | "ip6 saddr . th dport"
  | "th dport"
  | "iifname"
  | "ip saddr . iifname"
  | "ip6 saddr . iifname"
  | "ct id";

/** A named set. */
export interface NftSet {
  /** Never a map's: nft keeps sets and maps under one list of names. */
  readonly name: string;
  /** What an element is, and so how it is written. */
  readonly typeof: SetType;
  /** How it holds its elements. */
  readonly keeping: Keeping;
  /** At most 128 bytes, without quotes and line breaks. */
  readonly comment: string | undefined;
  /** element -> what is said of it. */
  readonly elements: ReadonlyMap<string, SetElement>;
}

/** How a set holds its elements. */
export type Keeping =
  /** By hash, until they are deleted. */
  | "plain"
  /** `size N`: by hash, in a table that is made for these elements, as they never change. */
  | "fixed"
  /** `flags interval`: prefixes and ranges, until they are deleted. */
  | "interval"
  /** `flags timeout`: each for a time of its own. */
  | "leased"
  /** `flags dynamic,timeout`: rules add them, and each use renews them. */
  | "dynamic"
  /** The same for three minutes; we add to it, too, and delete, and need not. */
  | "brief"
  /** The same for five minutes; we add to it, too, and never delete, as rules renew it. */
  | "watched";

/** What is said of an element beside its key. */
export interface SetElement {
  /** At most 128 bytes, without quotes and line breaks. */
  readonly comment: string | undefined;
  /** How long it stays, in s; undefined: the set says it. */
  readonly seconds: number | undefined;
}

/** An element that nothing is said of. */
export const bare: SetElement = { comment: undefined, seconds: undefined };
