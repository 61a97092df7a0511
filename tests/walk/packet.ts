import type { IpAddress } from "../../lib/model/address.ts";
import type { CtState } from "../../lib/model/nft_rule.ts";
import type { Hook } from "../../lib/model/ruleset.ts";

/** One packet at one hook, with what the kernel knows of it there. */
export interface Packet {
  readonly hook: Hook["hook"];
  /** The interface that it came in by; "" at the output hook. */
  readonly iifname: string;
  /** The interface that it leaves by; "" before that is known, and where it stays. */
  readonly oifname: string;
  readonly saddr: IpAddress;
  readonly daddr: IpAddress;
  /** `tcp`, `udp`, `sctp`, `icmp`, `ipv6-icmp`, or any other protocol's name. */
  readonly protocol: string;
  /** Of the header; undefined where the protocol has no ports. */
  readonly dport: number | undefined;
  /** Undefined unless the protocol is ipv6-icmp. */
  readonly icmpv6Type: number | undefined;
  /** IPv6's hop limit, as it stands at the hook. */
  readonly hopLimit: number;
  readonly tracking: Tracking;
}

/** What conntrack says of a packet. */
export type Tracking =
  /** It has no connection: no ct key but the state can be read. */
  | { readonly state: Extract<CtState, "invalid" | "untracked"> }
  | Connection;

/** A packet's connection; for an ICMP error, the one that it is about. */
export interface Connection {
  readonly state: Exclude<CtState, "invalid" | "untracked">;
  readonly direction: "original" | "reply";
  /** `ct original saddr`: the client. */
  readonly client: IpAddress;
  /** `ct reply saddr`: the server, after any translation. */
  readonly server: IpAddress;
  /** `ct reply proto-src`: the server's port; undefined where the protocol has no ports. */
  readonly serverPort: number | undefined;
}

/** The connection of a tracked packet. */
export function connectionOf({ tracking }: Packet): Connection | undefined {
  return "client" in tracking ? tracking : undefined;
}
