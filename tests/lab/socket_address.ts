// This module is pure.
import { type Family, familyOf, type IpAddress } from "../../lib/model/address.ts";
import { bitsOf } from "../../lib/model/address_range.ts";
import { addressValue, formatAddressValue } from "../../lib/model/address_value.ts";

/** Address families as the C library numbers them. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_PACKET = 17;

/** The longest of the addresses here: sockaddr_in6. */
export const SOCKADDR_LENGTH = 28;

/** One end of a conversation; port 0 where the protocol has none. */
export interface SocketAddress {
  readonly address: IpAddress;
  readonly port: number;
}

/** Any address of a family, to listen on. */
export function anyAddress(family: Family): IpAddress {
  return (family === "IPv4" ? "0.0.0.0" : "::") as IpAddress;
}

/** An address as its 4 or 16 bytes. */
export function addressBytes(address: IpAddress): Uint8Array<ArrayBuffer> {
  const length = bitsOf(familyOf(address)) / 8;
  const bytes = new Uint8Array(length);
  let value = addressValue(address);
  for (let i = length - 1; i >= 0; i--, value >>= 8n) bytes[i] = Number(value & 0xffn);
  return bytes;
}

/**
 * A sockaddr_in or sockaddr_in6. `scope` is the index of the interface that a link-local address
 * is on.
 */
export function encodeSocketAddress(
  { address, port }: SocketAddress,
  scope = 0,
): Uint8Array<ArrayBuffer> {
  const ipv6 = familyOf(address) === "IPv6";
  const bytes = new Uint8Array(ipv6 ? SOCKADDR_LENGTH : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ipv6 ? AF_INET6 : AF_INET, true);
  view.setUint16(2, port);
  bytes.set(addressBytes(address), ipv6 ? 8 : 4);
  if (ipv6) view.setUint32(24, scope, true);
  return bytes;
}

/** A sockaddr_ll that names a link alone. */
export function encodeLinkAddress(index: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setInt32(4, index, true);
  return bytes;
}

/** Reads a sockaddr_in or sockaddr_in6. */
export function decodeSocketAddress(bytes: Uint8Array<ArrayBuffer>): SocketAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const family: Family = view.getUint16(0, true) === AF_INET6 ? "IPv6" : "IPv4";
  const at = family === "IPv6" ? 8 : 4;
  let value = 0n;
  for (let i = 0; i < bitsOf(family) / 8; i++) value = value << 8n | BigInt(bytes[at + i] ?? 0);
  return { address: formatAddressValue(family, value), port: view.getUint16(2) };
}
