// This module is pure.

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
