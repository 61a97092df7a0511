import type { Family } from "../../../lib/model/address.ts";
import { protocolNumbers, udpPacket } from "../../lab/packet.ts";
import { addressOf, type Host } from "../../lab/topology.ts";
import type { Scene } from "../semantics/scene.ts";
import { type Attack, settle } from "./attack.ts";
import { ends } from "./cast.ts";
import { errorPackets } from "./packets.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const clientPort = 5000;

/** A UDP conversation that nodes have seen the beginning of. */
export interface Conversation {
  readonly client: Host;
  readonly server: Host;
  readonly serverPort: number;
  readonly family: Family;
}

/** ICMP errors about a conversation. */
export interface ErrorSpec {
  readonly from: Host;
  readonly to: Host;
  readonly about: Conversation;
}

/** The number of ICMP or ICMPv6. */
export function icmpNumber(family: Family): number {
  return family === "IPv4" ? protocolNumbers.ICMP : protocolNumbers.ICMPv6;
}

/** A packet from the client to the server. */
export function request({ client, server, serverPort, family }: Conversation, data: Bytes): Bytes {
  const numbers = { sourcePort: clientPort, destinationPort: serverPort };
  return udpPacket(ends(client, server, family), numbers, data);
}

/** Begins a conversation, so that connection tracking knows it. */
export async function begin(scene: Scene, conversation: Conversation): Promise<void> {
  const { client, server, family } = conversation;
  const packet = request(conversation, new TextEncoder().encode("the first"));
  await scene.traffic.send(client, [packet], { to: addressOf(server, family) });
  await settle(scene, server);
}

/** Errors of each kind, as if somebody had complained about a packet of the one they go to. */
export function errorsAbout({ from, to, about }: ErrorSpec): Attack {
  const { family } = about;
  return {
    ...{ from, at: to, to: addressOf(to, family), family },
    packets: (marker) => {
      const quoted = to === about.server ? reply(about, marker) : request(about, marker);
      return errorPackets(ends(from, to, family), quoted);
    },
    ...(to.kind === "node" ? { protocol: icmpNumber(family) } : {}),
  };
}

/** The rules' words for a family: `ip6` and the suffix of its sets. */
export function words(family: Family): readonly [ip: string, suffix: "4" | "6"] {
  return family === "IPv4" ? ["ip", "4"] : ["ip6", "6"];
}

function reply({ client, server, serverPort, family }: Conversation, data: Bytes): Bytes {
  const numbers = { sourcePort: serverPort, destinationPort: clientPort };
  return udpPacket(ends(server, client, family), numbers, data);
}
