/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import type { IpAddress } from "../../lib/model/address.ts";
import { familyOf } from "../../lib/model/address.ts";
import { EventLoop } from "./event_loop.ts";
import { Flood } from "./flood.ts";
import { Arrivals, Flow } from "./flow.ts";
import { openFlow } from "./flow_client.ts";
import { SystemError } from "./libc.ts";
import { linkIndex } from "./link.ts";
import { protocolNumbers } from "./packet.ts";
import { probe } from "./probe.ts";
import { serve } from "./servers.ts";
import { Sniffer } from "./sniffer.ts";
import { Socket } from "./socket.ts";
import type {
  AnswerMessage,
  CallMessage,
  Calls,
  FlowCall,
  FramesCall,
  SendCall,
} from "./traffic_calls.ts";

/** Something that stays until it is closed, and where it is. */
interface Held {
  readonly netns: string;
  readonly thing: Disposable;
}

const loop = new EventLoop();
const arrivals = new Arrivals();
/** handle -> what it names */
const held = new Map<number, Held>();
let lastHandle = 0;

type Handlers = {
  readonly [K in keyof Calls]: (
    question: Calls[K]["question"],
  ) => Calls[K]["answer"] | Promise<Calls[K]["answer"]>;
};

const handlers: Handlers = {
  serve: (call) => hold(call.netns, serve(loop, call, arrivals)),
  probe: (calls) => Promise.all(calls.map((call) => probe(loop, call))),
  open: (call) => open(call),
  report: (handle) => find(handle, Flow).report(),
  sniff: (call) => hold(call.netns, new Sniffer(loop, call)),
  count: (handle) => find(handle, Sniffer).count,
  send: (call) => send(call),
  sendFrames: (call) => sendFrames(call),
  flood: (call) => hold(call.netns, new Flood(call)),
  sent: (handle) => find(handle, Flood).sent,
  flooded: (subject) => arrivals.floods.get(subject) ?? 0,
  close: (handle) => close(handle),
  forget: (netns) => {
    for (const [handle, { netns: place }] of [...held]) if (place === netns) close(handle);
    return null;
  },
  stop: () => {
    for (const handle of [...held.keys()]) close(handle);
    loop.stop();
    return null;
  },
};

self.onmessage = async ({ data }: MessageEvent<CallMessage>) => {
  const answer = await answerTo(data);
  if (data.name === "stop") await running; // the kernel may still write into the loop's buffer
  self.postMessage(answer);
};

const running = loop.run();

async function answerTo({ id, name, question }: CallMessage): Promise<AnswerMessage> {
  try {
    // The caller's types have tied the question to the name.
    const handler = handlers[name] as (question: unknown) => unknown;
    return { id, answer: await handler(question) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

async function open(call: FlowCall): Promise<number> {
  const flow = new Flow();
  const handle = hold(call.netns, flow);
  arrivals.flows.set(handle, flow);
  flow.onClose(() => arrivals.flows.delete(handle));
  try {
    await openFlow({ loop, flow, subject: handle }, call);
    return handle;
  } catch (error) {
    close(handle);
    throw error;
  }
}

function send({ netns, packets, to, device }: SendCall): null {
  const scope = device === undefined ? 0 : linkIndex({ netns, name: device });
  using socket = Socket.open(netns, {
    family: familyOf(to as IpAddress),
    type: "raw",
    protocol: protocolNumbers.raw,
  });
  for (const packet of packets) {
    const result = socket.sendTo(packet, { address: to, port: 0 }, scope);
    if (result < 0) throw new SystemError(`send a packet from ${netns} to ${to}`, -result);
  }
  return null;
}

function sendFrames({ netns, frames, device }: FramesCall): null {
  using socket = Socket.open(netns, { family: "packet", type: "raw" });
  socket.bindToLink(linkIndex({ netns, name: device }));
  for (const frame of frames) {
    const result = socket.send(frame);
    if (result < 0) throw new SystemError(`send a frame from ${netns} by ${device}`, -result);
  }
  return null;
}

function hold(netns: string, thing: Disposable): number {
  lastHandle++;
  held.set(lastHandle, { netns, thing });
  return lastHandle;
}

function find<T extends Disposable>(
  handle: number,
  kind: abstract new (...args: never[]) => T,
): T {
  const thing = held.get(handle)?.thing;
  if (thing instanceof kind) return thing;
  throw new Error(`Cannot find ${kind.name} ${handle}: it was closed, or never opened`);
}

function close(handle: number): null {
  held.get(handle)?.thing[Symbol.dispose]();
  held.delete(handle);
  return null;
}
