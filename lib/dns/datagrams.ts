import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { type Family, familyOf, type IpAddress } from "../model/address.ts";

/** Who sent a datagram, or whom one is for. */
export interface Sender {
  /** As the kernel prints it. */
  readonly address: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** A UDP socket of one family. */
export class Datagrams implements Disposable {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Opens a socket on a free port of every local address.
   *
   * @param receive Called with each datagram that comes in.
   */
  static async open(
    family: Family,
    receive: (message: Uint8Array, from: Sender) => void,
  ): Promise<Datagrams> {
    const isIpv4 = family === "IPv4";
    const socket = createSocket(
      isIpv4 ? { type: "udp4" } : { type: "udp6", ipv6Only: true },
    );
    socket.on("message", (message: Uint8Array, { address, port }: RemoteInfo) => {
      receive(message, { address, port });
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(0, isIpv4 ? "0.0.0.0" : "::", () => {
        socket.off("error", reject);
        resolve();
      });
    });
    socket.on("error", () => {}); // of a datagram that could not be sent: it is as one that was lost
    return new Datagrams(socket);
  }

  /** The port that it has. */
  get port(): number {
    return this.#socket.address().port;
  }

  /** Sends a datagram; that it arrives is not told, as ever. */
  send(message: Uint8Array, { address, port }: Sender): void {
    this.#socket.send(message, port, address, () => {});
  }

  /** Closes it; nothing is received any more. */
  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

/** Opens a socket of the family that an address has. */
export function openTowards(
  address: IpAddress,
  receive: (message: Uint8Array, from: Sender) => void,
): Promise<Datagrams> {
  return Datagrams.open(familyOf(address), receive);
}
