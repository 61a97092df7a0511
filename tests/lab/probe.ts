import { familyOf } from "../../lib/model/address.ts";
import { internetChecksum } from "./checksum.ts";
import { type EventLoop, FAILED, READABLE, WRITABLE } from "./event_loop.ts";
import { errno } from "./libc.ts";
import { icmpBytes, protocolNumbers, withoutIpv4Header } from "./packet.ts";
import { readSctp, sctpChunks, sctpInit } from "./sctp_packet.ts";
import { Socket } from "./socket.ts";
import type { Outcome, ProbeCall } from "./traffic_calls.ts";
import { encodeMessage, messageKinds } from "./wire.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** How often what may get lost is sent within the time of a probe. */
const TRIES = 3;

/** Finds out whether packets get to a place and answers back. */
export function probe(loop: EventLoop, call: ProbeCall): Promise<Outcome> {
  switch (call.protocol) {
    case "TCP":
      return probeTcp(loop, call);
    case "UDP":
      return probeUdp(loop, call);
    case "SCTP":
      return probeSctp(loop, call);
    case "ICMP":
      return probeIcmp(loop, call);
    default:
      return call.protocol satisfies never;
  }
}

function probeTcp(loop: EventLoop, { netns, to, timeoutMs }: ProbeCall): Promise<Outcome> {
  const socket = Socket.open(netns, { family: familyOf(to.address), type: "stream" });
  socket.set("linger", 1, 0); // closing resets: nothing is left of it on either side
  hearErrors(socket, to);
  const result = socket.connect(to);
  const early = result === -errno.EINPROGRESS ? undefined : outcomeOf(-result);
  if (early !== undefined) return settled(socket, early);
  return attempt(loop, socket, {
    timeoutMs,
    events: WRITABLE,
    judge: () => outcomeOf(socket.takeError()) ?? "open",
  });
}

function probeUdp(loop: EventLoop, { netns, to, timeoutMs }: ProbeCall): Promise<Outcome> {
  const socket = Socket.open(netns, { family: familyOf(to.address), type: "datagram" });
  const question = encodeMessage({ kind: messageKinds.probe, subject: secret(), sequence: 0 });
  return exchange(loop, socket, {
    to,
    timeoutMs,
    question,
    isAnswer: (bytes) => equal(bytes, question),
  });
}

function probeIcmp(loop: EventLoop, { netns, to, timeoutMs }: ProbeCall): Promise<Outcome> {
  const family = familyOf(to.address);
  const ipv4 = family === "IPv4";
  const protocol = ipv4 ? protocolNumbers.ICMP : protocolNumbers.ICMPv6;
  const socket = Socket.open(netns, { family, type: "raw", protocol });
  const rest = secret(); // identifier and sequence number, which come back
  const question = icmpBytes({ type: ipv4 ? 8 : 128, rest });
  // The kernel computes ICMPv6's checksum itself.
  if (ipv4) new DataView(question.buffer).setUint16(2, internetChecksum(question));
  return exchange(loop, socket, {
    to,
    timeoutMs,
    question,
    isAnswer: (received) => {
      const bytes = ipv4 ? withoutIpv4Header(received) : received;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      return bytes[0] === (ipv4 ? 0 : 129) && view.getUint32(4) === rest;
    },
  });
}

function probeSctp(loop: EventLoop, { netns, to, timeoutMs }: ProbeCall): Promise<Outcome> {
  const family = familyOf(to.address);
  const socket = Socket.open(netns, { family, type: "raw", protocol: protocolNumbers.SCTP });
  const tag = secret() || 1;
  const sourcePort = 32768 + secret() % 28232;
  return exchange(loop, socket, {
    to: { ...to, port: 0 },
    timeoutMs,
    question: sctpInit({ sourcePort, destinationPort: to.port }, tag),
    isAnswer: (received) => {
      const packet = readSctp(family === "IPv4" ? withoutIpv4Header(received) : received);
      return packet?.chunk === sctpChunks["INIT-ACK"] && packet.tag === tag &&
        packet.destinationPort === sourcePort;
    },
  });
}

interface Exchange {
  readonly to: ProbeCall["to"];
  readonly timeoutMs: number;
  readonly question: Bytes;
  readonly isAnswer: (bytes: Bytes) => boolean;
}

/** Sends a datagram, some times if need be, until its answer or an error comes. */
function exchange(
  loop: EventLoop,
  socket: Socket,
  { to, timeoutMs, question, isAnswer }: Exchange,
): Promise<Outcome> {
  hearErrors(socket, to);
  const early = outcomeOf(-socket.connect(to)) ?? outcomeOf(-socket.send(question));
  if (early !== undefined) return settled(socket, early);
  return attempt(loop, socket, {
    timeoutMs,
    events: READABLE,
    judge: () => {
      const received = socket.receive();
      if (typeof received === "number") return outcomeOf(-received);
      return isAnswer(received) ? "open" : undefined;
    },
    again: () => void socket.send(question), // its error comes by the next receive
  });
}

interface Attempt {
  readonly timeoutMs: number;
  readonly events: number;
  /** Looks what happened; undefined: nothing that decides. */
  readonly judge: () => Outcome | undefined;
  readonly again?: () => void;
}

/** Waits until what happens to a socket decides, or for the time given; then closes it. */
function attempt(
  loop: EventLoop,
  socket: Socket,
  { timeoutMs, events, judge, again }: Attempt,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome | undefined): void => {
      if (outcome === undefined) return;
      clearTimeout(timer);
      clearInterval(repeater);
      loop.unwatch(socket.fd);
      socket[Symbol.dispose]();
      resolve(outcome);
    };
    const timer = setTimeout(settle, timeoutMs, "timeout");
    const repeater = again && setInterval(again, timeoutMs / TRIES);
    loop.watch(socket.fd, events | FAILED, () => settle(judge()));
  });
}

/** Makes ICMP errors known that the kernel would ignore, as they may pass. */
function hearErrors(socket: Socket, { address }: ProbeCall["to"]): void {
  socket.set(familyOf(address) === "IPv4" ? "receiveErrors" : "receiveErrors6", 1);
}

function settled(socket: Socket, outcome: Outcome): Promise<Outcome> {
  socket[Symbol.dispose]();
  return Promise.resolve(outcome);
}

/** What an error number says about the way; undefined: nothing, as numbers up to 0 do. */
function outcomeOf(code: number): Outcome | undefined {
  if (code <= 0) return undefined;
  switch (code) {
    case errno.EAGAIN:
    case errno.EPERM: // the host's own firewall dropped it: as silent as any other
      return undefined;
    case errno.ECONNREFUSED:
    case errno.ECONNRESET:
      return "refused";
    case errno.ETIMEDOUT:
      return "timeout";
    default: // EHOSTUNREACH, ENETUNREACH, EACCES, ENOPROTOOPT
      return "unreachable";
  }
}

function equal(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function secret(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
