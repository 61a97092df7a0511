import { monotonicMs } from "./clock.ts";
import { type EventLoop, FAILED, READABLE } from "./event_loop.ts";
import { errno } from "./libc.ts";
import type { Socket } from "./socket.ts";
import type { Tally } from "./tally.ts";
import { encodeMessage, type Message, messageKinds, MessageReader } from "./wire.ts";

/** What one end of a connection does with what it gets. */
export interface TcpPeerEvents {
  readonly onMessage: (message: Message, at: number) => void;
  /** The other end closed, reset, or is given up by the kernel. */
  readonly onEnd: () => void;
}

/** One end of a TCP connection that carries the lab's messages. */
export class TcpPeer implements Disposable {
  readonly #loop: EventLoop;
  readonly #socket: Socket;
  readonly #events: TcpPeerEvents;
  readonly #reader = new MessageReader();
  #unsent = new Uint8Array();
  #feeder: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  constructor(loop: EventLoop, socket: Socket, events: TcpPeerEvents) {
    this.#loop = loop;
    this.#socket = socket;
    this.#events = events;
    loop.watch(socket.fd, READABLE | FAILED, () => this.#receive());
  }

  /** Sends one message; false when the send buffer has no room for it. */
  send(message: Message): boolean {
    if (this.#unsent.length > 0) this.#unsent = this.#sendSome(this.#unsent);
    if (this.#unsent.length > 0) return false;
    const bytes = encodeMessage(message);
    const rest = this.#sendSome(bytes);
    if (rest.length === bytes.length) return false;
    this.#unsent = rest; // part of it is under way: the rest must follow
    return true;
  }

  /** Sends the next message of a flow at every interval from now on. */
  feed(subject: number, tally: Tally, intervalMs: number): void {
    this.#feeder = setInterval(() => {
      const sequence = tally.next;
      if (this.send({ kind: messageKinds.data, subject, sequence })) tally.noteSent();
    }, intervalMs);
  }

  /** Closes this end. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#feeder);
    this.#loop.unwatch(this.#socket.fd);
    this.#socket[Symbol.dispose]();
  }

  #sendSome(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return bytes.slice(Math.max(0, this.#socket.send(bytes)));
  }

  #receive(): void {
    while (!this.#closed) {
      const received = this.#socket.receive();
      if (received === -errno.EAGAIN) return;
      if (typeof received === "number" || received.length === 0) {
        this[Symbol.dispose]();
        this.#events.onEnd();
        return;
      }
      const at = monotonicMs();
      for (const message of this.#reader.push(received)) this.#events.onMessage(message, at);
    }
  }
}
