// This module is pure.

type Bytes = Uint8Array<ArrayBuffer>;

/** What the lab's own messages are about. */
export const messageKinds = {
  /** To a UDP server: send it back. */
  probe: 1,
  /** To a server: this conversation is the flow of that number; feed it at that interval. */
  open: 2,
  /** The next one of a flow. */
  data: 3,
  /** To a server: count it. */
  flood: 4,
} as const;

/** One message of the lab; all of them have the same length. */
export interface Message {
  readonly kind: number;
  /** The number of the flow or flood, or a probe's own secret. */
  readonly subject: number;
  /** The place in its row, from 0; in `open` the interval in ms. */
  readonly sequence: number;
}

export const MESSAGE_LENGTH = 16;
const MAGIC = 0x68656467; // "hedg"

/** A message as bytes. */
export function encodeMessage({ kind, subject, sequence }: Message): Bytes {
  const bytes = new Uint8Array(MESSAGE_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, kind);
  view.setUint32(8, subject);
  view.setUint32(12, sequence);
  return bytes;
}

/** Reads a message; undefined when the bytes are none of the lab's. */
export function decodeMessage(bytes: Bytes): Message | undefined {
  if (bytes.length < MESSAGE_LENGTH) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) !== MAGIC) return undefined;
  return { kind: view.getUint32(4), subject: view.getUint32(8), sequence: view.getUint32(12) };
}

/** Puts the pieces that a TCP connection comes in together to messages again. */
export class MessageReader {
  #rest: Bytes = new Uint8Array();

  /** Takes the next piece and gives the messages that are whole now; throws on a foreign one. */
  push(piece: Bytes): readonly Message[] {
    const bytes = new Uint8Array(this.#rest.length + piece.length);
    bytes.set(this.#rest);
    bytes.set(piece, this.#rest.length);
    const whole = bytes.length - bytes.length % MESSAGE_LENGTH;
    this.#rest = bytes.slice(whole);
    const messages: Message[] = [];
    for (let at = 0; at < whole; at += MESSAGE_LENGTH) {
      const message = decodeMessage(bytes.subarray(at, at + MESSAGE_LENGTH));
      if (message === undefined) throw new Error("Cannot read a TCP message: it is not the lab's");
      messages.push(message);
    }
    return messages;
  }
}
