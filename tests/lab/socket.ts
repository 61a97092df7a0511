import type { Family } from "../../lib/model/address.ts";
import { checked, errno, lastError, libc } from "./libc.ts";
import { inNetns } from "./netns.ts";
import {
  AF_INET,
  AF_INET6,
  AF_PACKET,
  decodeSocketAddress,
  encodeLinkAddress,
  encodeSocketAddress,
  SOCKADDR_LENGTH,
  type SocketAddress,
} from "./socket_address.ts";

const SOCK_NONBLOCK_CLOEXEC = 0o2004000;
const SOL_SOCKET = 1;
const types = { stream: 1, datagram: 2, raw: 3 } as const;

/** Socket options that the lab sets: name -> level, number. */
const options = {
  reuseAddress: [SOL_SOCKET, 2],
  receiveBufferForce: [SOL_SOCKET, 33],
  linger: [SOL_SOCKET, 13],
  noDelay: [6, 1],
  ipv6Only: [41, 26],
  ignoreOutgoing: [263, 23],
  receiveErrors: [0, 11],
  receiveErrors6: [41, 25],
} as const;

/** What a socket is made for. */
export interface SocketKind {
  readonly family: Family | "packet";
  readonly type: keyof typeof types;
  /** An IP protocol number, in raw sockets; in packet sockets an Ethernet type, network order. */
  readonly protocol?: number;
}

/** Bytes that came in, and from whom. */
export interface Datagram {
  /** A view into a buffer that the next call of `receiveFrom` overwrites. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly from: SocketAddress;
}

const BUFFER_LENGTH = 65536n;
const buffer = new Uint8Array(Number(BUFFER_LENGTH));
const addressBuffer = new Uint8Array(SOCKADDR_LENGTH);
const lengthBuffer = new Uint32Array(1);

/**
 * A non-blocking socket in some network namespace. What may fail in normal running (sending,
 * receiving) gives the negative error number instead of a length, as the kernel does.
 */
export class Socket implements Disposable {
  readonly fd: number;
  readonly #packet: boolean;

  private constructor(fd: number, packet: boolean) {
    this.fd = fd;
    this.#packet = packet;
  }

  /** Makes a socket in a named network namespace. */
  static open(netns: string, { family, type, protocol = 0 }: SocketKind): Socket {
    const domain = { IPv4: AF_INET, IPv6: AF_INET6, packet: AF_PACKET }[family];
    const fd = inNetns(
      netns,
      () => libc.symbols.socket(domain, types[type] | SOCK_NONBLOCK_CLOEXEC, protocol),
    );
    return new Socket(
      checked(fd, `make a ${family} ${type} socket in ${netns}`),
      family === "packet",
    );
  }

  /** Sets an option to a whole number, or to the two of a `struct linger`. */
  set(option: keyof typeof options, ...values: readonly number[]): void {
    const [level, name] = options[option];
    const value = new Uint8Array(Int32Array.from(values).buffer);
    const result = libc.symbols.setsockopt(this.fd, level, name, value, value.length);
    checked(result, `set socket option ${option}`);
  }

  /** Takes an address; port 0 lets the kernel choose. */
  bind(at: SocketAddress): void {
    const address = encodeSocketAddress(at);
    checked(
      libc.symbols.bind(this.fd, address, address.length),
      `bind to ${at.address} port ${at.port}`,
    );
  }

  /** Has a packet socket send by one link. */
  bindToLink(index: number): void {
    const address = encodeLinkAddress(index);
    checked(libc.symbols.bind(this.fd, address, address.length), `bind to link ${index}`);
  }

  /** Lets others connect. */
  listen(): void {
    checked(libc.symbols.listen(this.fd, 1024), "listen");
  }

  /** Begins to connect: 0, or a negative error number, of which EINPROGRESS is the usual one. */
  connect(to: SocketAddress): number {
    const address = encodeSocketAddress(to);
    return orError(libc.symbols.connect(this.fd, address, address.length));
  }

  /** The connection that waits longest, if one waits. */
  accept(): Socket | undefined {
    const fd = libc.symbols.accept4(this.fd, null, null, SOCK_NONBLOCK_CLOEXEC);
    if (fd >= 0) return new Socket(fd, false);
    if (lastError() === errno.EAGAIN) return undefined;
    return void checked(fd, "accept a connection");
  }

  /** The socket's own address. */
  get address(): SocketAddress {
    lengthBuffer[0] = SOCKADDR_LENGTH;
    checked(libc.symbols.getsockname(this.fd, addressBuffer, lengthBuffer), "read its address");
    return decodeSocketAddress(addressBuffer);
  }

  /** Sends to where it is connected. */
  send(bytes: Uint8Array<ArrayBuffer>): number {
    return orError(libc.symbols.send(this.fd, bytes, BigInt(bytes.length), MSG_NOSIGNAL));
  }

  /** Sends to an address; `scope` is the index of the interface for link-local ones. */
  sendTo(bytes: Uint8Array<ArrayBuffer>, to: SocketAddress, scope = 0): number {
    const address = encodeSocketAddress(to, scope);
    return orError(
      libc.symbols.sendto(
        this.fd,
        bytes,
        BigInt(bytes.length),
        MSG_NOSIGNAL,
        address,
        address.length,
      ),
    );
  }

  /** Receives what is there: a view that the next call overwrites, or a negative error number. */
  receive(): Uint8Array<ArrayBuffer> | number {
    const length = libc.symbols.recv(this.fd, buffer, BUFFER_LENGTH, 0);
    return length < 0 ? -lastError() : buffer.subarray(0, length);
  }

  /** Receives what is there and tells from whom; packet sockets have no address to tell. */
  receiveFrom(): Datagram | number {
    lengthBuffer[0] = SOCKADDR_LENGTH;
    const { recvfrom } = libc.symbols;
    const length = recvfrom(this.fd, buffer, BUFFER_LENGTH, 0, addressBuffer, lengthBuffer);
    if (length < 0) return -lastError();
    if (this.#packet) throw new TypeError("Cannot tell the sender on a packet socket: use receive");
    return { bytes: buffer.subarray(0, length), from: decodeSocketAddress(addressBuffer) };
  }

  /** The error that ended the socket's last undertaking, which is forgotten then; 0: none. */
  takeError(): number {
    const value = new Int32Array(1);
    lengthBuffer[0] = 4;
    const { getsockopt } = libc.symbols;
    checked(getsockopt(this.fd, SOL_SOCKET, SO_ERROR, value, lengthBuffer), "read its error");
    return value[0] ?? 0;
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    libc.symbols.close(this.fd);
  }
}

const MSG_NOSIGNAL = 0x4000;
const SO_ERROR = 4;

function orError(result: number): number {
  return result < 0 ? -lastError() : result;
}
