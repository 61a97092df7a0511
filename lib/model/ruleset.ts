// This module is pure.

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

/** Matches from left to right; when all hold the statement is executed. */
export interface Rule {
  /** Empty: every packet. */
  readonly matches: readonly Match[];
  /** What is done to a set of keys that rules remember. */
  readonly update?: SetUpdate;
  /** True for an anonymous `counter` before the verdict. */
  readonly counter: boolean;
  /** What becomes of a packet that all the matches hold for; undefined: the next rule. */
  readonly verdict: Verdict | undefined;
  /** At most 128 bytes, without quotes and line breaks. */
  readonly comment: string | undefined;
}

/** `update @SET { KEY }` or `delete @SET { KEY }`. */
export interface SetUpdate {
  /** `update` adds or renews the key, which may end by itself: where the set is full, the rule ends. */
  readonly how: "update" | "delete";
  /** Rules fill it. */
  readonly set: string;
  /** What of the packet. */
  readonly key: AddressKey | "ct id";
}

/** Where a chain's evaluation goes on. */
export type Verdict =
  | { readonly kind: "accept" }
  | { readonly kind: "drop" }
  | { readonly kind: "return" }
  | Jump
  /** `KEY vmap @MAP`: the verdict of the key's element; without one, the next rule. */
  | {
    readonly kind: "vmap";
    readonly key: AddressKey | InterfaceKey | PortKey;
    readonly map: string;
  };

/** To another chain. */
export interface Jump {
  /** From its end `jump` comes back to the next rule, `goto` to wherever this chain would. */
  readonly kind: "jump" | "goto";
  /** By name; nft must know it before the rule. */
  readonly chain: string;
}

/** An address of the packet's header or of its connection's tuple. */
export type AddressKey =
  | "ip saddr"
  | "ip daddr"
  | "ip6 saddr"
  | "ip6 daddr"
  | "ct original ip saddr"
  | "ct original ip6 saddr"
  | "ct reply ip saddr"
  | "ct reply ip6 saddr";

/** The interface that a packet came in by, and the one that it leaves by. */
export type InterfaceKey = "iifname" | "oifname";

/**
 * The server's port of a packet's connection, which stands right behind an l4proto of one protocol,
 * or of its header.
 */
export type PortKey = "ct reply proto-src" | `${L4Proto} dport`;

/** A transport protocol as `meta l4proto` names it. */
export type L4Proto = "tcp" | "udp" | "sctp" | "icmp" | "ipv6-icmp";

/** A part of what is looked up in a set; `meta nfproto` tells the family. */
export type LookupKey = AddressKey | InterfaceKey | "meta nfproto";

/** One condition of a rule. */
export type Match =
  /** `meta l4proto tcp`, `meta l4proto { icmp, ipv6-icmp }`; with `!= ` before them: any other */
  | { readonly kind: "l4proto"; readonly protocols: readonly L4Proto[]; readonly isOther?: true }
  /** `meta nfproto ipv4` */
  | { readonly kind: "nfproto"; readonly family: "ipv4" | "ipv6" }
  /** `ct state invalid,untracked`: any of them */
  | { readonly kind: "ct state"; readonly states: readonly CtState[] }
  /** `ct direction reply` */
  | { readonly kind: "ct direction"; readonly direction: "original" | "reply" }
  /** `ct status ! confirmed`: the first packet of a connection, on its way through the node */
  | { readonly kind: "unconfirmed" }
  /** `ct id @NAME` */
  | { readonly kind: "connection"; readonly set: string }
  /** `iifname "lo"` */
  | { readonly kind: "iifname"; readonly name: string }
  /**
   * `ip6 saddr fe80::/10`, `ip saddr 0.0.0.0`, and what is no prefix as `first-last`; with `!= `
   * before it: any other address
   */
  | {
    readonly kind: "prefix";
    readonly key: AddressKey;
    readonly prefix: string;
    readonly isOther: boolean;
  }
  /** `ip6 hoplimit 255` */
  | { readonly kind: "hoplimit"; readonly value: number }
  /** `icmpv6 type { nd-router-solicit, … }`; the names in nft's own order */
  | { readonly kind: "icmpv6 type"; readonly types: readonly string[] }
  /** `ct reply ip saddr @NAME`, `iifname @NAME`; two keys for `ip saddr . iifname @NAME` */
  | { readonly kind: "address"; readonly keys: readonly LookupKey[]; readonly set: string }
  /** `ct reply proto-src 80`, `8000-8080`, `@NAME`; stands right behind an l4proto of one protocol */
  | { readonly kind: "server port"; readonly ports: PortValue }
  /** The same of the header: `tcp dport 80`, `tcp dport @NAME`; it names its protocol itself */
  | { readonly kind: "dport"; readonly protocol: L4Proto; readonly ports: PortValue }
  /** `ct reply ip saddr . ct reply proto-src @NAME`; stands right behind an l4proto */
  | { readonly kind: "server endpoint"; readonly family: "ip" | "ip6"; readonly set: string }
  /** The same of the header: `ip daddr . tcp dport @NAME` */
  | {
    readonly kind: "destination endpoint";
    readonly family: "ip" | "ip6";
    readonly protocol: L4Proto;
    readonly set: string;
  };

/** A port or a range of ports as text, or a set of them. */
export type PortValue = { readonly ports: string } | { readonly set: string };

/** A connection's state, as far as rules ask for it. */
export type CtState = "new" | "established" | "related" | "invalid" | "untracked";
