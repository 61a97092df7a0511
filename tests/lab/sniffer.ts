import { type EventLoop, READABLE } from "./event_loop.ts";
import { includesBytes } from "./packet.ts";
import { Socket } from "./socket.ts";
import { anyAddress } from "./socket_address.ts";
import type { SniffCall } from "./traffic_calls.ts";

/**
 * Ethernet types as packet sockets take them: in network order. They get incoming packets only; who
 * gets frames of all types gets also those that a bridge takes, before it does.
 */
const etherTypes = { IPv4: 0x0008, IPv6: 0xdd86, frames: 0x0300 } as const;

/** Counts the packets that arrive in a network namespace and contain a marker. */
export class Sniffer implements Disposable {
  readonly #loop: EventLoop;
  readonly #socket: Socket;
  readonly #marker: Uint8Array<ArrayBuffer>;
  #count = 0;

  constructor(loop: EventLoop, call: SniffCall) {
    this.#loop = loop;
    this.#socket = openSniffer(call);
    this.#marker = call.marker;
    loop.watch(this.#socket.fd, READABLE, () => this.#receive());
  }

  /** How many have come. */
  get count(): number {
    return this.#count;
  }

  /** Stops. */
  [Symbol.dispose](): void {
    this.#loop.unwatch(this.#socket.fd);
    this.#socket[Symbol.dispose]();
  }

  #receive(): void {
    for (let i = 0; i < 512; i++) {
      const packet = this.#socket.receive();
      if (typeof packet === "number") return;
      if (includesBytes(packet, this.#marker)) this.#count++;
    }
  }
}

/**
 * A packet socket gets what the link delivers, whatever the host's firewall thinks of it; a raw
 * socket only what the host itself is given.
 */
function openSniffer({ netns, family, protocol }: SniffCall): Socket {
  const link = protocol === undefined || family === "frames";
  const socket = link
    ? Socket.open(netns, { family: "packet", type: "datagram", protocol: etherTypes[family] })
    : Socket.open(netns, { family, type: "raw", protocol });
  socket.set("receiveBufferForce", 8 << 20);
  if (family === "frames") socket.set("ignoreOutgoing", 1);
  if (!link) socket.bind({ address: anyAddress(family), port: 0 });
  return socket;
}
