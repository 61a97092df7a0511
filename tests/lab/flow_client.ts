import { familyOf } from "../../lib/model/address.ts";
import { monotonicMs, until } from "./clock.ts";
import { type EventLoop, READABLE } from "./event_loop.ts";
import type { Flow } from "./flow.ts";
import { errno, SystemError } from "./libc.ts";
import { Socket } from "./socket.ts";
import { TcpPeer } from "./tcp_peer.ts";
import type { FlowCall } from "./traffic_calls.ts";
import { decodeMessage, encodeMessage, messageKinds } from "./wire.ts";

/** How often a UDP flow asks for its stream until it comes: requests may be lost. */
const ASK_EVERY_MS = 50;

/** The client's end of a flow and its number, which the server learns from the first message. */
export interface FlowClient {
  readonly loop: EventLoop;
  readonly flow: Flow;
  readonly subject: number;
}

/** Opens a flow; resolves when both sides have got something. */
export async function openFlow(client: FlowClient, call: FlowCall): Promise<void> {
  if (call.protocol === "TCP") openTcp(client, call);
  else openUdp(client, call);
  const { flow } = client;
  const begun = (): boolean => flow.client.begun && (call.protocol === "UDP" || flow.server.begun);
  const name =
    `${call.protocol} flow from ${call.netns} to ${call.to.address} port ${call.to.port}`;
  await until(`the ${name} begins`, begun, { timeoutMs: call.timeoutMs, everyMs: 2 });
}

/** Both sides send, at every interval. */
function openTcp({ loop, flow, subject }: FlowClient, { netns, to, intervalMs }: FlowCall): void {
  const socket = Socket.open(netns, { family: familyOf(to.address), type: "stream" });
  socket.set("noDelay", 1);
  socket.set("linger", 1, 0);
  const result = socket.connect(to);
  if (result < 0 && result !== -errno.EINPROGRESS) {
    socket[Symbol.dispose]();
    throw new SystemError(`connect from ${netns} to ${to.address} port ${to.port}`, -result);
  }
  const peer = new TcpPeer(loop, socket, {
    onMessage: ({ sequence }, at) => flow.client.noteReceived(sequence, at),
    onEnd: () => flow.client.noteEnd(),
  });
  flow.onClose(() => peer[Symbol.dispose]());
  // Until it is connected the message does not fit, and is tried again.
  const opener = setInterval(() => {
    if (!peer.send({ kind: messageKinds.open, subject, sequence: intervalMs })) return;
    clearInterval(opener);
    peer.feed(subject, flow.client, intervalMs);
  }, 1);
  flow.onClose(() => clearInterval(opener));
}

/** The client asks once, and only the server sends after that. */
function openUdp({ loop, flow, subject }: FlowClient, { netns, to, intervalMs }: FlowCall): void {
  const socket = Socket.open(netns, { family: familyOf(to.address), type: "datagram" });
  socket.connect(to);
  loop.watch(socket.fd, READABLE, () => {
    for (;;) {
      const received = socket.receive();
      if (typeof received === "number") return;
      const message = decodeMessage(received);
      if (message !== undefined) flow.client.noteReceived(message.sequence, monotonicMs());
    }
  });
  flow.onClose(() => {
    loop.unwatch(socket.fd);
    socket[Symbol.dispose]();
  });
  const request = encodeMessage({ kind: messageKinds.open, subject, sequence: intervalMs });
  const ask = (): void => {
    if (flow.client.begun) return clearInterval(asker);
    socket.send(request);
    flow.client.noteSent();
  };
  const asker = setInterval(ask, ASK_EVERY_MS);
  flow.onClose(() => clearInterval(asker));
  ask();
}
