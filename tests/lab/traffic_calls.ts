// This module is pure.
import type { Family, IpAddress } from "../../lib/model/address.ts";
import type { Protocol } from "../../lib/model/port.ts";
import type { SocketAddress } from "./socket_address.ts";
import type { SideReport } from "./tally.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a probe may be: a policy's protocols, and echo requests of ICMP or ICMPv6. */
export type ProbeProtocol = Protocol | "ICMP";

/** Every protocol that can be asked by. */
export const probeProtocols: readonly ProbeProtocol[] = ["TCP", "UDP", "SCTP", "ICMP"];

/** How a probe ended: an answer, none in time, a refusal by the host itself, no way there. */
export type Outcome = "open" | "timeout" | "refused" | "unreachable";

/** A question whether packets get from one place to another and back. */
export interface ProbeCall {
  readonly netns: string;
  /** The port is 0 for ICMP. */
  readonly to: SocketAddress;
  readonly protocol: ProbeProtocol;
  readonly timeoutMs: number;
}

/** Something in a network namespace that answers. */
export interface ServeCall {
  readonly netns: string;
  readonly at: SocketAddress;
  readonly protocol: Protocol;
}

/** A conversation that lasts; see `Traffic.open`. */
export interface FlowCall {
  readonly netns: string;
  readonly to: SocketAddress;
  readonly protocol: "TCP" | "UDP";
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** How both ends of a flow stand. */
export interface FlowReport {
  readonly client: SideReport;
  readonly server: SideReport;
  /** The instant of the report on the monotonic clock, in ms. */
  readonly at: number;
}

/** Somebody who counts packets; see `Traffic.sniff`. */
export interface SniffCall {
  readonly netns: string;
  readonly marker: Bytes;
  readonly family: Family | "frames";
  /** Undefined: everything that the link delivers; else what the host itself gets of it. */
  readonly protocol: number | undefined;
}

/** Whole IP packets to be sent as they are, all of one family. */
export interface SendCall {
  readonly netns: string;
  readonly packets: readonly Bytes[];
  readonly to: IpAddress;
  /** The interface, for link-local destinations. */
  readonly device: string | undefined;
}

/** Whole Ethernet frames to be sent as they are. */
export interface FramesCall {
  readonly netns: string;
  readonly frames: readonly Bytes[];
  /** The interface that they leave by. */
  readonly device: string;
}

/** Packets without end, at the highest rate that leaves others some time. */
export interface FloodCall {
  readonly netns: string;
  readonly to: SocketAddress;
  /** A whole packet to repeat; undefined: UDP datagrams that the server there counts. */
  readonly packet: Bytes | undefined;
  /** The number that its datagrams carry. */
  readonly subject: number;
}

/** What the worker can be asked: name -> question and answer. Handles name what stays. */
export interface Calls {
  readonly serve: { readonly question: ServeCall; readonly answer: number };
  readonly probe: { readonly question: readonly ProbeCall[]; readonly answer: readonly Outcome[] };
  readonly open: { readonly question: FlowCall; readonly answer: number };
  readonly report: { readonly question: number; readonly answer: FlowReport };
  readonly sniff: { readonly question: SniffCall; readonly answer: number };
  /** Of a sniffer: what it has counted. */
  readonly count: { readonly question: number; readonly answer: number };
  readonly send: { readonly question: SendCall; readonly answer: null };
  readonly sendFrames: { readonly question: FramesCall; readonly answer: null };
  readonly flood: { readonly question: FloodCall; readonly answer: number };
  /** Of a flood: how many packets it has sent. */
  readonly sent: { readonly question: number; readonly answer: number };
  /** How many datagrams of a flood the servers have counted. */
  readonly flooded: { readonly question: number; readonly answer: number };
  readonly close: { readonly question: number; readonly answer: null };
  /** Closes all that is in a network namespace. */
  readonly forget: { readonly question: string; readonly answer: null };
  /** Closes everything; the last call. */
  readonly stop: { readonly question: null; readonly answer: null };
}

/** A call on its way to the worker. */
export interface CallMessage {
  readonly id: number;
  readonly name: keyof Calls;
  readonly question: unknown;
}

/** What came of a call. */
export type AnswerMessage =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string };
