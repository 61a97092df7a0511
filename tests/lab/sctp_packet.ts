// This module is pure.
import { crc32c } from "./checksum.ts";
import type { Ports } from "./packet.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The chunks that begin an association (RFC 9260, 3.3.2, 3.3.3). */
export const sctpChunks = { INIT: 1, "INIT-ACK": 2, ABORT: 6 } as const;

const HEADER_LENGTH = 12;
const STATE_COOKIE = 7;
/** What a state cookie holds is its sender's own affair. */
const cookie = new TextEncoder().encode("hedgerow lab");

/** What the lab reads of an SCTP packet. */
export interface SctpPacket extends Ports {
  readonly tag: number;
  /** The type of the first chunk. */
  readonly chunk: number;
  /** The tag that an INIT or INIT-ACK wants to be answered with; 0 in other chunks. */
  readonly initiateTag: number;
}

/** The packet that asks for an association. */
export function sctpInit(ports: Ports, initiateTag: number): Bytes {
  return sctpPacket(ports, 0, initBody(sctpChunks.INIT, initiateTag, 0));
}

/** The answer to an INIT, back to where it came from. */
export function sctpInitAck({ sourcePort, destinationPort, initiateTag }: SctpPacket): Bytes {
  const body = initBody(sctpChunks["INIT-ACK"], initiateTag ^ 0x5a5a5a5a, 4 + cookie.length);
  const view = new DataView(body.buffer, 20);
  view.setUint16(0, STATE_COOKIE);
  view.setUint16(2, 4 + cookie.length);
  body.set(cookie, 24);
  const back = { sourcePort: destinationPort, destinationPort: sourcePort };
  return sctpPacket(back, initiateTag, body);
}

/** Reads an SCTP packet; undefined when it is too short to be one. */
export function readSctp(bytes: Bytes): SctpPacket | undefined {
  if (bytes.length < HEADER_LENGTH + 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunk = view.getUint8(HEADER_LENGTH);
  const initiates = chunk === sctpChunks.INIT || chunk === sctpChunks["INIT-ACK"];
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    tag: view.getUint32(4),
    chunk,
    initiateTag: initiates ? view.getUint32(HEADER_LENGTH + 4) : 0,
  };
}

function initBody(chunk: number, tag: number, parameters: number): Bytes {
  const bytes = new Uint8Array(20 + parameters);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, chunk);
  view.setUint16(2, bytes.length);
  view.setUint32(4, tag);
  view.setUint32(8, 65536); // receiver window
  view.setUint16(12, 1); // streams out
  view.setUint16(14, 1); // streams in
  view.setUint32(16, tag); // initial TSN
  return bytes;
}

/** A checksum that is wrong would make the packet invalid to conntrack. */
function sctpPacket({ sourcePort, destinationPort }: Ports, tag: number, chunk: Bytes): Bytes {
  const bytes = new Uint8Array(HEADER_LENGTH + chunk.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  view.setUint32(4, tag);
  bytes.set(chunk, HEADER_LENGTH);
  view.setUint32(8, crc32c(bytes), true);
  return bytes;
}
