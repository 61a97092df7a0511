import assert from "node:assert/strict";
import type { Family, IpAddress } from "../../../lib/model/address.ts";
import { until } from "../../lab/clock.ts";
import type { Host } from "../../lab/topology.ts";
import { PORT } from "../two_nodes.ts";
import type { Scene } from "../semantics/scene.ts";
import { type ChainEdit, edited, without } from "../semantics/table.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The node whose agent is to stop the attacks. */
export const NODE = "n1";

/** Where attacks take place. */
export type Stage = Pick<Scene, "host" | "agent" | "traffic">;

/** Packets that must not get to somebody. */
export interface Attack {
  readonly from: Host;
  /** Where the kernel is told to send them; their headers may say something else. */
  readonly to: IpAddress;
  /** The interface by which they leave, where the address does not say. */
  readonly device?: string;
  readonly family: Family;
  /** What happens when everybody listens, right before the packets are sent. */
  readonly before?: () => Promise<void>;
  /** Makes the packets; each carries the marker once. */
  readonly packets: (marker: Bytes) => readonly Bytes[];
  /** Makes a frame of a packet, where its link's header has to be told, too. */
  readonly framed?: (packet: Bytes) => Bytes;
  /** Who must not get them. */
  readonly at: Host;
  /** An IP protocol: what the host itself is given counts. Undefined: what its links deliver. */
  readonly protocol?: number;
  /** How many of them carry the marker, where not all do. */
  readonly marked?: number;
  /** How many of them would arrive; default: as many as carry the marker. */
  readonly arriving?: number;
}

/**
 * Proves that none of an attack's packets arrives, and that it is one change of a chain (a rule
 * that is taken out) that lets all of them in.
 */
export async function assertStopped(scene: Stage, attack: Attack, by: ChainEdit): Promise<void> {
  assert.equal(await arrivals(scene, attack), 0, "arrive in spite of the rule");
  await edited(scene, by, () => assertArrives(scene, attack));
}

/** Proves that all packets arrive. */
export async function assertArrives(scene: Stage, attack: Attack): Promise<void> {
  const { arriving = markedOf(attack) } = attack;
  assert.equal(await arrivals(scene, attack, arriving), arriving, "do not all arrive");
}

/**
 * Sends the packets and counts those that arrive, once every one of them has reached the node. The
 * number that is expected is waited for; more than that is seen too.
 */
export async function arrivals(scene: Stage, attack: Attack, expected = 0): Promise<number> {
  const { from, to, family, at, protocol, device, framed } = attack;
  const { traffic } = scene;
  const marker = crypto.getRandomValues(new Uint8Array(12));
  const packets = attack.packets(marker);
  const seen = framed === undefined ? family : "frames";
  await using witness = await traffic.sniff(scene.host(NODE), { marker, family: seen });
  await using sniffer = await traffic.sniff(at, {
    marker,
    family: protocol === undefined ? seen : family,
    ...(protocol === undefined ? {} : { protocol }),
  });
  await attack.before?.();
  if (framed !== undefined) await traffic.sendFrames(from, packets.map(framed), device);
  else await traffic.send(from, packets, device === undefined ? { to } : { to, device });
  const marked = markedOf(attack);
  await until("all packets reach the node", async () => await witness.count() >= marked);
  if (expected > 0) {
    const name = `${expected} packets arrive at ${at.name}`;
    await until(name, async () => await sniffer.count() >= expected, { timeoutMs: 2000 });
  }
  await settle(scene, at);
  return await sniffer.count();
}

function markedOf({ marked, packets }: Attack): number {
  return marked ?? packets(new Uint8Array(12)).length;
}

/** Waits for whatever is on its way through the node: a packet sent after it has come back. */
export async function settle(scene: Stage, to: Host): Promise<void> {
  const node = scene.host(NODE);
  const from = to === node ? scene.host("outside") : node;
  const outcome = await scene.traffic.probe({ from, to, protocol: "UDP", port: PORT });
  assert.equal(outcome, "open", "the way that is open to everybody");
}

/** Proves that honest packets arrive, and that without a rule they would not. */
export async function assertNeeds(scene: Stage, honest: Attack, rule: ChainEdit): Promise<void> {
  await assertArrives(scene, honest);
  await edited(scene, rule, async () => {
    assert.equal(await arrivals(scene, honest), 0, "arrive without the rule too");
  });
}

/** The rule that has a connection judged: of the client's egress, or the server's ingress. */
export function judging(family: Family, isEgress: boolean): ChainEdit {
  const [ip, suffix, chain] = family === "IPv4"
    ? ["ip", "4", "forward"]
    : ["ip6", "6", "forward-ip6"];
  const rule = isEgress
    ? `ct original ${ip} saddr vmap @egress${suffix}`
    : `ct reply ${ip} saddr vmap @ingress${suffix}`;
  return without(NODE, chain, RegExp(`^${rule}$`));
}
