import { familyOf } from "../../lib/model/address.ts";
import { protocolNumbers } from "./packet.ts";
import { Socket } from "./socket.ts";
import type { FloodCall } from "./traffic_calls.ts";
import { encodeMessage, messageKinds } from "./wire.ts";

/** How many packets are sent between two looks at what else there is to do. */
const BURST = 64;

/** Sends packets as fast as it can, until it is told to stop. */
export class Flood implements Disposable {
  readonly #socket: Socket;
  readonly #send: () => number;
  readonly #channel = new MessageChannel();
  #sent = 0;

  constructor({ netns, to, packet, subject }: FloodCall) {
    const family = familyOf(to.address);
    if (packet === undefined) {
      const bytes = encodeMessage({ kind: messageKinds.flood, subject, sequence: 0 });
      this.#socket = Socket.open(netns, { family, type: "datagram" });
      this.#send = () => this.#socket.sendTo(bytes, to);
    } else {
      this.#socket = Socket.open(netns, { family, type: "raw", protocol: protocolNumbers.raw });
      this.#send = () => this.#socket.sendTo(packet, { ...to, port: 0 });
    }
    // A message to itself comes after whatever else has come meanwhile: quicker than any timer.
    this.#channel.port1.onmessage = () => this.#burst();
    this.#channel.port2.postMessage(null);
  }

  /** How many packets have been sent. */
  get sent(): number {
    return this.#sent;
  }

  /** Stops. */
  [Symbol.dispose](): void {
    this.#channel.port1.onmessage = null; // closing delivers what waits, and another would follow
    this.#channel.port1.close();
    this.#channel.port2.close();
    this.#socket[Symbol.dispose]();
  }

  #burst(): void {
    for (let i = 0; i < BURST; i++) if (this.#send() >= 0) this.#sent++;
    this.#channel.port2.postMessage(null);
  }
}
