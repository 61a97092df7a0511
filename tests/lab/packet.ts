// This module is pure.
import { familyOf, type IpAddress } from "../../lib/model/address.ts";
import { internetChecksum, sumWords } from "./checksum.ts";
import { addressBytes } from "./socket_address.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** IP protocol numbers. */
export const protocolNumbers = {
  ICMP: 1,
  TCP: 6,
  UDP: 17,
  ICMPv6: 58,
  SCTP: 132,
  raw: 255,
} as const;

/** The two ends of a packet, of one family. */
export interface Ends {
  readonly source: IpAddress;
  readonly destination: IpAddress;
}

/** The ports of a packet. */
export interface Ports {
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/**
 * A whole IP packet. `hops` is the TTL or hop limit, 64 by default. The IPv4 header's checksum is
 * left to the kernel, which fills it in for raw sockets.
 */
export function ipPacket(
  { source, destination }: Ends,
  payload: Bytes,
  { protocol, hops = 64 }: { readonly protocol: number; readonly hops?: number },
): Bytes {
  return familyOf(source) === "IPv4"
    ? ipv4Packet({ source, destination }, payload, { protocol, hops })
    : ipv6Packet({ source, destination }, payload, { protocol, hops });
}

/** A UDP datagram as a whole packet, from any source that one likes to claim. */
export function udpPacket(ends: Ends, ports: Ports, payload: Bytes): Bytes {
  const bytes = new Uint8Array(8 + payload.length);
  const view = new DataView(bytes.buffer);
  setPorts(view, ports);
  view.setUint16(4, bytes.length);
  bytes.set(payload, 8);
  view.setUint16(6, transportChecksum(ends, protocolNumbers.UDP, bytes) || 0xffff); // 0 says: none
  return ipPacket(ends, bytes, { protocol: protocolNumbers.UDP });
}

/** TCP flags. */
export const tcpFlags = { FIN: 1, SYN: 2, RST: 4, ACK: 16 } as const;

/** A TCP segment as a whole packet. */
export function tcpPacket(
  ends: Ends,
  ports: Ports,
  { flags, sequence = 1, acknowledged = 0, payload = new Uint8Array() }: {
    readonly flags: number;
    readonly sequence?: number;
    readonly acknowledged?: number;
    readonly payload?: Bytes;
  },
): Bytes {
  const bytes = new Uint8Array(20 + payload.length);
  const view = new DataView(bytes.buffer);
  setPorts(view, ports);
  view.setUint32(4, sequence);
  view.setUint32(8, acknowledged);
  view.setUint8(12, 5 << 4);
  view.setUint8(13, flags);
  view.setUint16(14, 0xffff);
  bytes.set(payload, 20);
  view.setUint16(16, transportChecksum(ends, protocolNumbers.TCP, bytes));
  return ipPacket(ends, bytes, { protocol: protocolNumbers.TCP });
}

/** An ICMP message; `rest` are the second four bytes of its header. */
export interface IcmpMessage {
  readonly type: number;
  readonly code?: number;
  readonly rest?: number;
  readonly payload?: Bytes;
}

/** An ICMP or ICMPv6 message as a whole packet, by the ends' family. */
export function icmpPacket(ends: Ends, message: IcmpMessage, hops = 64): Bytes {
  const bytes = icmpBytes(message);
  const ipv6 = familyOf(ends.source) === "IPv6";
  const protocol = ipv6 ? protocolNumbers.ICMPv6 : protocolNumbers.ICMP;
  const sum = ipv6 ? transportChecksum(ends, protocol, bytes) : internetChecksum(bytes);
  new DataView(bytes.buffer).setUint16(2, sum);
  return ipPacket(ends, bytes, { protocol, hops });
}

/** An ICMP message with its checksum still zero. */
export function icmpBytes(
  { type, code = 0, rest = 0, payload = new Uint8Array() }: IcmpMessage,
): Bytes {
  const bytes = new Uint8Array(8 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, type);
  view.setUint8(1, code);
  view.setUint32(4, rest);
  bytes.set(payload, 8);
  return bytes;
}

/** The checksum of TCP, UDP and ICMPv6, which covers the packet's ends too (RFC 8200, 8.1). */
export function transportChecksum(ends: Ends, protocol: number, bytes: Bytes): number {
  const both = sumWords(addressBytes(ends.source)) + sumWords(addressBytes(ends.destination));
  return internetChecksum(bytes, both + protocol + bytes.length);
}

/** Tells whether some bytes contain others, in one piece. */
export function includesBytes(bytes: Bytes, part: Bytes): boolean {
  const [first] = part;
  if (first === undefined) return true;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

/** What an IPv4 raw socket received, less the header; IPv6 ones give none in the first place. */
export function withoutIpv4Header(bytes: Bytes): Bytes {
  return bytes.subarray(((bytes[0] ?? 0) & 15) * 4);
}

interface IpOptions {
  readonly protocol: number;
  readonly hops: number;
}

function ipv4Packet({ source, destination }: Ends, payload: Bytes, options: IpOptions): Bytes {
  const bytes = new Uint8Array(20 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, bytes.length);
  view.setUint8(8, options.hops);
  view.setUint8(9, options.protocol);
  bytes.set(addressBytes(source), 12);
  bytes.set(addressBytes(destination), 16);
  bytes.set(payload, 20);
  return bytes;
}

function ipv6Packet({ source, destination }: Ends, payload: Bytes, options: IpOptions): Bytes {
  const bytes = new Uint8Array(40 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x60);
  view.setUint16(4, payload.length);
  view.setUint8(6, options.protocol);
  view.setUint8(7, options.hops);
  bytes.set(addressBytes(source), 8);
  bytes.set(addressBytes(destination), 24);
  bytes.set(payload, 40);
  return bytes;
}

function setPorts(view: DataView, { sourcePort, destinationPort }: Ports): void {
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
}
