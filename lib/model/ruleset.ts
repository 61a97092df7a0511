// This module is pure.
import type { Jump, Rule } from "./nft_rule.ts";
import type { Keeping, NftSet } from "./nft_set.ts";

/**
 * The content of one nftables table as data, in nft's own words. It knows only the forms that
 * hedgerow renders, and those print as nft itself prints them, so that what was read back can be
 * compared as text.
 */
export interface Ruleset {
  /** By name. */
  readonly sets: ReadonlyMap<string, NftSet>;
  /** By name. */
  readonly maps: ReadonlyMap<string, VerdictMap>;
  /** By name. */
  readonly chains: ReadonlyMap<string, Chain>;
}

/**
 * How many elements a map may have, so that the kernel keeps it in a table that it need not grow: a
 * look-up then costs a third less. It is far more than a node has pods, and no more than that, as
 * the kernel walks through all of that table for each change of a rule or of a map.
 */
export const mapSize = 4096;

/** A named map to verdicts, `typeof … : verdict`. */
export interface VerdictMap {
  /** Never a set's. */
  readonly name: string;
  /** What a key is: an address of one family, the name of an interface, or a port. */
  readonly typeof: "ip saddr" | "ip6 saddr" | "iifname" | "th dport";
  /** "plain" has `mapSize`; the others never change. */
  readonly keeping: Extract<Keeping, "plain" | "fixed" | "interval">;
  /** At most 128 bytes, without quotes and line breaks. */
  readonly comment: string | undefined;
  /** element -> the verdict and the element's comment. */
  readonly elements: ReadonlyMap<string, MapElement>;
}

/** The right side of a map's element. */
export interface MapElement {
  /** Where the element's packets are judged. */
  readonly verdict: Jump;
  /** At most 128 bytes, without quotes and line breaks. */
  readonly comment: string | undefined;
}

/** A chain; a base chain where it has a hook. */
export interface Chain {
  /** What verdicts name it by; a list of its own, apart from that of sets and maps. */
  readonly name: string;
  /** Undefined: it sees only what another chain sends it. */
  readonly hook: Hook | undefined;
  /** At most 128 bytes, without quotes and line breaks. */
  readonly comment: string | undefined;
  /** In order. Behind the last a base chain accepts, and any other returns. */
  readonly rules: readonly Rule[];
}

/** `type filter hook HOOK priority PRIORITY; policy accept;` */
export interface Hook {
  /** All that comes in; what the node passes on, what is addressed to it, what it sends itself. */
  readonly hook: "prerouting" | "forward" | "input" | "output";
  /** As nft prints it: `filter - 5`, `110`. */
  readonly priority: string;
}
