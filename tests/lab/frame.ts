// This module is pure.
import { familyOf, type IpAddress } from "../../lib/model/address.ts";
import { internetChecksum } from "./checksum.ts";
import { addressBytes } from "./socket_address.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A hardware address as its six bytes. */
export type Mac = Bytes;

/** To everybody on the link. */
export const everybody: Mac = new Uint8Array(6).fill(0xff);

/** Ethernet types. */
export const etherTypes = {
  IPv4: 0x0800,
  ARP: 0x0806,
  "802.1Q": 0x8100,
  IPv6: 0x86dd,
  "802.1ad": 0x88a8,
} as const;

/** The two ends of a frame. */
export interface Hop {
  readonly source: Mac;
  readonly destination: Mac;
}

/** Reads `0a:00:00:00:00:01`. */
export function parseMac(text: string): Mac {
  return Uint8Array.from(text.split(":"), (byte) => parseInt(byte, 16));
}

/** An Ethernet frame. `tags` stand between the addresses and the type, each as type and VLAN id. */
export function frame(
  { source, destination }: Hop,
  type: number,
  payload: Bytes,
  tags: readonly (readonly [type: number, vlan: number])[] = [],
): Bytes {
  const words = [...tags.flat(), type];
  const bytes = new Uint8Array(12 + 2 * words.length + payload.length);
  bytes.set(destination, 0);
  bytes.set(source, 6);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint16(12 + 2 * i, word));
  bytes.set(payload, 12 + 2 * words.length);
  return bytes;
}

/** A frame with an IP packet, whose header's checksum no kernel fills in on this way. */
export function ipFrame(
  hop: Hop,
  packet: Bytes,
  tags: readonly (readonly [type: number, vlan: number])[] = [],
): Bytes {
  const isIpv4 = (packet[0] ?? 0) >> 4 === 4;
  if (!isIpv4) return frame(hop, etherTypes.IPv6, packet, tags);
  const copy = packet.slice();
  const view = new DataView(copy.buffer);
  view.setUint16(2, copy.length);
  view.setUint16(10, 0);
  view.setUint16(10, internetChecksum(copy.subarray(0, 20)));
  return frame(hop, etherTypes.IPv4, copy, tags);
}

/** A gratuitous ARP reply: this address is at the frame's source. */
export function arpClaim(hop: Hop, address: IpAddress, marker: Bytes): Bytes {
  if (familyOf(address) !== "IPv4") throw new TypeError(`Cannot claim ${address} by ARP`);
  const own = addressBytes(address);
  const head = Uint8Array.of(0, 1, 8, 0, 6, 4, 0, 2);
  const parts = [head, hop.source, own, hop.destination, own, marker];
  return frame(hop, etherTypes.ARP, Uint8Array.from(parts.flatMap((part) => [...part])));
}
