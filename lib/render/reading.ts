// This module is pure.
import type { AddressKey, L4Proto, Match, PortKey, PortValue, Verdict } from "../model/nft_rule.ts";
import type { Protocol } from "../model/port.ts";

/** How a chain reads the far end of a connection, and what it does with what is allowed. */
export interface Reading {
  /** Where a packet goes that is allowed. */
  readonly allowed: Verdict;
  /** True where connections are known, and so what was opened before. */
  readonly isTracked: boolean;
  /** The address at the far end. */
  address(family: "ip" | "ip6"): AddressKey;
  /** The server's port. */
  port(protocol: Protocol, ports: PortValue): readonly Match[];
  /** The server's port as a map's key, behind what holds of all packets that have one. */
  portKey(protocol: Protocol): { readonly matches: readonly Match[]; readonly key: PortKey };
  /** The server's address and port. */
  endpoint(protocol: Protocol, family: "ip" | "ip6", set: string): readonly Match[];
}

/** Of the connection's tuple: requests and replies are judged alike; allowed goes on. */
export const tupleReadings: Readonly<Record<"original" | "reply", Reading>> = {
  original: tupleReading("original"),
  reply: tupleReading("reply"),
};

function tupleReading(end: "original" | "reply"): Reading {
  return {
    allowed: { kind: "return" },
    isTracked: true,
    address: (family) => `ct ${end} ${family} saddr`,
    port: (protocol, ports) => [l4proto(protocol), { kind: "server port", ports }],
    portKey: (protocol) => ({ matches: [l4proto(protocol)], key: "ct reply proto-src" }),
    endpoint: (protocol, family, set) => [
      l4proto(protocol),
      { kind: "server endpoint", family, set },
    ],
  };
}

/** Of the packet's header, where conntrack knows nothing; allowed ends the hook. */
export const headerReading: Reading = {
  allowed: { kind: "accept" },
  isTracked: false,
  address: (family) => `${family} daddr`,
  port: (protocol, ports) => [{ kind: "dport", protocol: nftProtocol(protocol), ports }],
  portKey: (protocol) => ({ matches: [], key: `${nftProtocol(protocol)} dport` }),
  endpoint: (protocol, family, set) => [
    { kind: "destination endpoint", family, protocol: nftProtocol(protocol), set },
  ],
};

/** `meta l4proto tcp`: every port of a protocol. */
export function l4proto(protocol: Protocol): Match {
  return { kind: "l4proto", protocols: [nftProtocol(protocol)] };
}

function nftProtocol(protocol: Protocol): L4Proto {
  switch (protocol) {
    case "TCP":
      return "tcp";
    case "UDP":
      return "udp";
    case "SCTP":
      return "sctp";
    default:
      return protocol satisfies never;
  }
}
