import { familyOf } from "../../lib/model/address.ts";
import { type EventLoop, READABLE } from "./event_loop.ts";
import type { Arrivals } from "./flow.ts";
import { protocolNumbers, withoutIpv4Header } from "./packet.ts";
import { readSctp, sctpChunks, sctpInitAck } from "./sctp_packet.ts";
import { type Datagram, Socket } from "./socket.ts";
import { TcpPeer } from "./tcp_peer.ts";
import type { ServeCall } from "./traffic_calls.ts";
import { decodeMessage, encodeMessage, messageKinds } from "./wire.ts";

/** Answers at an address and port from now on. */
export function serve(loop: EventLoop, call: ServeCall, arrivals: Arrivals): Disposable {
  switch (call.protocol) {
    case "TCP":
      return serveTcp(loop, call, arrivals);
    case "UDP":
      return serveUdp(loop, call, arrivals);
    case "SCTP":
      return serveSctp(loop, call);
    default:
      return call.protocol satisfies never;
  }
}

/** Accepts every connection; one that opens a flow is fed, and what comes by it is counted. */
function serveTcp(loop: EventLoop, { netns, at }: ServeCall, arrivals: Arrivals): Disposable {
  const listener = bound({ netns, at, protocol: "TCP" }, "stream");
  listener.listen();
  const peers = new Set<TcpPeer>();
  loop.watch(listener.fd, READABLE, () => {
    for (let socket = listener.accept(); socket !== undefined; socket = listener.accept()) {
      socket.set("noDelay", 1);
      socket.set("linger", 1, 0);
      const peer: TcpPeer = acceptPeer(loop, socket, {
        arrivals,
        onEnd: () => peers.delete(peer),
      });
      peers.add(peer);
    }
  });
  return disposable(loop, listener, () => peers.forEach((peer) => peer[Symbol.dispose]()));
}

function acceptPeer(
  loop: EventLoop,
  socket: Socket,
  { arrivals, onEnd }: { readonly arrivals: Arrivals; readonly onEnd: () => void },
): TcpPeer {
  let subject = 0;
  const peer = new TcpPeer(loop, socket, {
    onMessage: (message, at) => {
      const tally = arrivals.flows.get(message.subject)?.server;
      if (message.kind === messageKinds.open && tally !== undefined) {
        subject = message.subject;
        peer.feed(subject, tally, message.sequence);
      } else if (message.kind === messageKinds.data) {
        tally?.noteReceived(message.sequence, at);
      }
    },
    onEnd: () => {
      arrivals.flows.get(subject)?.server.noteEnd();
      onEnd();
    },
  });
  return peer;
}

/** Sends probes back, feeds the flows that ask for it, counts floods. */
function serveUdp(loop: EventLoop, { netns, at }: ServeCall, arrivals: Arrivals): Disposable {
  const socket = bound({ netns, at, protocol: "UDP" }, "datagram");
  socket.set("receiveBufferForce", 8 << 20);
  loop.watch(socket.fd, READABLE, () => {
    // Not without end: a flood must leave time for the others.
    for (let i = 0; i < 512; i++) {
      const datagram = socket.receiveFrom();
      if (typeof datagram === "number") return;
      answerDatagram(socket, datagram, arrivals);
    }
  });
  return disposable(loop, socket);
}

function answerDatagram(socket: Socket, { bytes, from }: Datagram, arrivals: Arrivals): void {
  const message = decodeMessage(bytes);
  if (message?.kind === messageKinds.probe) socket.sendTo(bytes.slice(), from);
  if (message?.kind === messageKinds.flood) arrivals.countFlood(message.subject);
  if (message?.kind !== messageKinds.open) return;
  const { subject, sequence: intervalMs } = message;
  const flow = arrivals.flows.get(subject);
  if (flow === undefined || flow.server.next > 0) return; // it asked twice
  const push = (): void => {
    const data = { kind: messageKinds.data, subject, sequence: flow.server.next };
    flow.server.noteSent();
    socket.sendTo(encodeMessage(data), from);
  };
  push();
  const feeder = setInterval(push, intervalMs);
  flow.onClose(() => clearInterval(feeder));
}

/** Accepts associations, though the kernel may know nothing of SCTP: INIT -> INIT-ACK. */
function serveSctp(loop: EventLoop, { netns, at }: ServeCall): Disposable {
  const family = familyOf(at.address);
  const socket = Socket.open(netns, { family, type: "raw", protocol: protocolNumbers.SCTP });
  socket.bind({ ...at, port: 0 });
  loop.watch(socket.fd, READABLE, () => {
    for (;;) {
      const datagram = socket.receiveFrom();
      if (typeof datagram === "number") return;
      const { bytes, from } = datagram;
      const packet = readSctp(family === "IPv4" ? withoutIpv4Header(bytes) : bytes);
      if (packet?.chunk !== sctpChunks.INIT || packet.destinationPort !== at.port) continue;
      socket.sendTo(sctpInitAck(packet), { ...from, port: 0 });
    }
  });
  return disposable(loop, socket);
}

function bound({ netns, at }: ServeCall, type: "stream" | "datagram"): Socket {
  const family = familyOf(at.address);
  const socket = Socket.open(netns, { family, type });
  try {
    if (family === "IPv6") socket.set("ipv6Only", 1);
    socket.set("reuseAddress", 1);
    socket.bind(at);
    return socket;
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  }
}

function disposable(loop: EventLoop, socket: Socket, more: () => void = () => {}): Disposable {
  return {
    [Symbol.dispose]: () => {
      more();
      loop.unwatch(socket.fd);
      socket[Symbol.dispose]();
    },
  };
}
