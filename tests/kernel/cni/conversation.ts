import { families, type Family } from "../../../lib/model/address.ts";
import { type Ends, type Ports, tcpFlags, tcpPacket, udpPacket } from "../../lab/packet.ts";
import { addressOf, type Host } from "../../lab/topology.ts";
import type { OpenSniffer, Traffic } from "../../lab/traffic.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A connection between a pod's address and a peer, made of packets by hand: no socket knows it. */
export interface Conversation {
  readonly protocol: "TCP" | "UDP";
  readonly family: Family;
  /** Who opens it. */
  readonly opener: "pod" | "peer";
  /** The pod's port; the peer's is 9000. */
  readonly port: number;
}

/** One of each kind, each with a port of its own from `first` on. */
export function conversations(first: number): readonly Conversation[] {
  const kinds = (["TCP", "UDP"] as const).flatMap((protocol) =>
    families.flatMap((family) =>
      (["pod", "peer"] as const).map((opener) => ({ protocol, family, opener }))
    )
  );
  return kinds.map((kind, i) => ({ ...kind, port: first + i }));
}

/** Names a conversation, also within packets. */
export function nameOf({ protocol, family, opener, port }: Conversation): string {
  return `${protocol} over ${family}, opened by the ${opener}, port ${port};`;
}

/** Both ends of conversations. */
export interface Speakers {
  readonly pod: Host;
  readonly peer: Host;
}

/** Opens them, until conntrack knows that both sides have spoken. */
export async function open(
  traffic: Traffic,
  speakers: Speakers,
  all: readonly Conversation[],
): Promise<void> {
  for (const conversation of all) {
    const { opener } = conversation;
    const other = opener === "pod" ? "peer" : "pod";
    const { SYN, ACK } = tcpFlags;
    const steps = conversation.protocol === "UDP" ? [[opener, 0], [other, 0]] as const : [
      [opener, SYN, 1, 0],
      [other, SYN | ACK, 1, 2],
      [opener, ACK, 2, 2],
    ] as const;
    for (const [from, flags, sequence = 0, acknowledged = 0] of steps) {
      await send(traffic, speakers, conversation, { from, flags, sequence, acknowledged });
    }
  }
}

/** Sends more on a connection that is open, marked with its name. */
export async function say(
  traffic: Traffic,
  speakers: Speakers,
  conversation: Conversation,
  from: keyof Speakers,
): Promise<void> {
  const payload = new TextEncoder().encode(nameOf(conversation));
  const segment = { flags: tcpFlags.ACK, sequence: 2, acknowledged: 2 };
  await send(traffic, speakers, conversation, { from, ...segment, payload });
}

/** Counts, conversation by conversation, what is said and arrives at a host. */
export async function listen(
  traffic: Traffic,
  at: Host,
  all: readonly Conversation[],
): Promise<ReadonlyMap<Conversation, OpenSniffer>> {
  const sniffers = new Map<Conversation, OpenSniffer>();
  for (const conversation of all) {
    const marker = new TextEncoder().encode(nameOf(conversation));
    sniffers.set(
      conversation,
      await traffic.sniff(at, { marker, family: conversation.family }),
    );
  }
  return sniffers;
}

interface Segment {
  readonly from: keyof Speakers;
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly payload?: Bytes;
}

async function send(
  traffic: Traffic,
  { pod, peer }: Speakers,
  { protocol, family, port }: Conversation,
  { from, payload = new Uint8Array(), ...segment }: Segment,
): Promise<void> {
  const [source, destination] = from === "pod" ? [pod, peer] : [peer, pod];
  const ends: Ends = {
    source: addressOf(source, family),
    destination: addressOf(destination, family),
  };
  const ports: Ports = from === "pod"
    ? { sourcePort: port, destinationPort: 9000 }
    : { sourcePort: 9000, destinationPort: port };
  const packet = protocol === "UDP"
    ? udpPacket(ends, ports, payload)
    : tcpPacket(ends, ports, { ...segment, payload });
  await traffic.send(source, [packet], { to: ends.destination });
}
