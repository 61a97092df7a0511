// This module is pure.
import { familyOf } from "../../../lib/model/address.ts";
import { internetChecksum } from "../../lab/checksum.ts";
import { type Ends, icmpPacket, ipPacket, type Ports, udpPacket } from "../../lab/packet.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const ipv6HeaderLength = 40;
const fragmentHeader = 44;

/** A packet that routers may not cut to pieces (IPv6 ones never may). */
export function unfragmentable(packet: Bytes): Bytes {
  const copy = packet.slice();
  if (isIpv4(copy)) copy[6] = 0x40;
  return copy;
}

/** ICMP errors by family and kind: type, code, and the second four bytes. */
const errors = {
  IPv4: {
    "port unreachable": [3, 3, 0],
    "packet too big": [3, 4, 600],
    "time exceeded": [11, 0, 0],
    redirect: [5, 1, 0x0a000001],
  },
  IPv6: {
    "port unreachable": [1, 4, 0],
    "packet too big": [2, 0, 1280],
    "time exceeded": [3, 0, 0],
  },
} as const;

/** An error of each kind as a whole packet; what it is about is quoted whole. */
export function errorPackets(ends: Ends, about: Bytes): readonly Bytes[] {
  const payload = isIpv4(about) ? checksummed(about) : about;
  return Object.values(errors[familyOf(ends.source)]).map(([type, code, rest]) =>
    icmpPacket(ends, { type, code, rest, payload })
  );
}

/** Cuts a packet in two, the first with so many bytes (8 or a multiple) behind the IP header. */
export function fragments(packet: Bytes, firstLength: number): readonly [Bytes, Bytes] {
  return isIpv4(packet) ? fragments4(packet, firstLength) : fragments6(packet, firstLength);
}

/** Puts extension headers between the IPv6 header and what follows it. */
export function extended(packet: Bytes, headers: readonly ExtensionHeader[]): Bytes {
  let next = packet[6] ?? 0;
  const made = headers.toReversed().map(({ type, body }) => {
    const bytes = Uint8Array.from([next, ...body]);
    next = type;
    return bytes;
  }).toReversed();
  const payload = concat(...made, packet.subarray(ipv6HeaderLength));
  const bytes = concat(packet.subarray(0, ipv6HeaderLength), payload);
  bytes[6] = next;
  new DataView(bytes.buffer).setUint16(4, payload.length);
  return bytes;
}

/** An IPv6 extension header. */
export interface ExtensionHeader {
  /** The number that the header before it announces it by. */
  readonly type: number;
  /** All but its first byte, which says what follows. */
  readonly body: readonly number[];
}

/** Headers that any sender may add: options that mean nothing, a route that is used up. */
export const extensionHeaders = {
  /** Hop-by-hop options: six bytes of padding. */
  hopByHop: { type: 0, body: [0, 1, 4, 0, 0, 0, 0] },
  /** Destination options: six bytes of padding. */
  destination: { type: 60, body: [0, 1, 4, 0, 0, 0, 0] },
  /** An authentication header, whose check nobody can do. */
  authentication: { type: 51, body: [4, 0, 0, ...Array<number>(20).fill(7)] },
} as const;

/** A UDP datagram whose checksum is wrong. */
export function corruptUdpPacket(ends: Ends, ports: Ports, payload: Bytes): Bytes {
  const packet = udpPacket(ends, ports, payload);
  const at = (familyOf(ends.source) === "IPv4" ? 20 : ipv6HeaderLength) + 6;
  const view = new DataView(packet.buffer);
  view.setUint16(at, view.getUint16(at) ^ 0x5555 || 1);
  return packet;
}

/** A packet of a protocol of which nobody knows ports. */
export function grePacket(ends: Ends, payload: Bytes): Bytes {
  return ipPacket(ends, concat(Uint8Array.of(0, 0, 0x88, 0xb5), payload), { protocol: 47 });
}

function isIpv4(packet: Bytes): boolean {
  return (packet[0] ?? 0) >> 4 === 4;
}

/** Raw sockets fill in the header's checksum, but not that of a header that is quoted. */
function checksummed(packet: Bytes): Bytes {
  const copy = packet.slice();
  const view = new DataView(copy.buffer);
  view.setUint16(10, 0);
  view.setUint16(10, internetChecksum(copy.subarray(0, 20)));
  return copy;
}

function fragments4(packet: Bytes, firstLength: number): readonly [Bytes, Bytes] {
  const header = packet.slice(0, 20);
  new DataView(header.buffer).setUint16(4, identification());
  const first = concat(header, packet.subarray(20, 20 + firstLength));
  first[6] = 0x20; // more follow
  const second = concat(header, packet.subarray(20 + firstLength));
  new DataView(second.buffer).setUint16(6, firstLength / 8);
  return [first, second];
}

function fragments6(packet: Bytes, firstLength: number): readonly [Bytes, Bytes] {
  const number = identification();
  const at = ipv6HeaderLength + firstLength;
  const parts = [packet.subarray(ipv6HeaderLength, at), packet.subarray(at)] as const;
  const make = (part: Bytes, offset: number): Bytes => {
    const header = new Uint8Array(8);
    const view = new DataView(header.buffer);
    header[0] = packet[6] ?? 0;
    view.setUint16(2, offset);
    view.setUint32(4, number);
    const bytes = concat(packet.subarray(0, ipv6HeaderLength), header, part);
    bytes[6] = fragmentHeader;
    new DataView(bytes.buffer).setUint16(4, 8 + part.length);
    return bytes;
  };
  return [make(parts[0], 1), make(parts[1], firstLength)]; // in units of eight, times eight
}

function identification(): number {
  return 1 + (crypto.getRandomValues(new Uint16Array(1))[0] ?? 0) % 65535;
}

function concat(...parts: readonly Bytes[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
