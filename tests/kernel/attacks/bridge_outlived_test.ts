import { ipFrame } from "../../lab/frame.ts";
import { until } from "../../lab/clock.ts";
import { linkLocal } from "../../lab/link_addresses.ts";
import { podObject } from "../../lab/objects.ts";
import { protocolNumbers, udpPacket } from "../../lab/packet.ts";
import { runTool } from "../../lab/tool.ts";
import { addressOf } from "../../lab/topology.ts";
import { createShop } from "../cni/chain.ts";
import { assertStopped } from "./attack.ts";
import { type BridgeStage, hopBetween, setBridgeStage, withoutPortRule } from "./bridge_stage.ts";

const ports = { sourcePort: 5000, destinationPort: 9 };

Deno.test("--anti-spoof=off: by the port of a bridge whose addresses are another's by now no link-local traffic passes", async (t) => {
  await using cluster = await createShop();
  const stage = await setBridgeStage(cluster, ["--anti-spoof=off"]);
  await outlive(stage);
  const { mallory, neighbour, node } = stage;
  const [own, others] = [await linkLocal(mallory), await linkLocal(neighbour)];
  await t.step("to another port", async () => {
    const hop = await hopBetween(mallory, neighbour);
    await assertStopped(stage, {
      ...{ from: mallory, at: neighbour, to: others, family: "IPv6" },
      packets: (marker) => [udpPacket({ source: own, destination: others }, ports, marker)],
      framed: (packet) => ipFrame(hop, packet),
    }, withoutPortRule("forward", /^ip6 saddr fe80::\/10 iifname @isolated-egress/));
  });
  await t.step("to its node", async () => {
    const [destination, hop] = [await linkLocal(node, "cni0"), await hopBetween(mallory, node)];
    await assertStopped(stage, {
      ...{ from: mallory, at: node, to: destination, family: "IPv6" },
      protocol: protocolNumbers.UDP,
      packets: (marker) => [udpPacket({ source: own, destination }, ports, marker)],
      framed: (packet) => ipFrame(hop, packet),
    }, withoutPortRule("input", /^ip6 saddr fe80::\/10 iifname @isolated-egress/));
  });
  await t.step("to it from another port", async () => {
    const hop = await hopBetween(neighbour, mallory);
    await assertStopped(stage, {
      ...{ from: neighbour, at: mallory, to: own, family: "IPv6" },
      packets: (marker) => [udpPacket({ source: others, destination: own }, ports, marker)],
      framed: (packet) => ipFrame(hop, packet),
    }, withoutPortRule("forward", /oifname @isolated-ingress/));
  });
});

/** Mallory's pod leaves the API, her DEL is missed, and a pod of another node has her addresses. */
async function outlive({ cluster, mallory, node: { netns } }: BridgeStage): Promise<void> {
  cluster.remove(`Pod ${mallory.name}`);
  cluster.put(podObject({ name: "street/heir", node: "n2" }, mallory.addresses));
  await until("no policy is hers any more", async () => {
    const table = await runTool("nft", ["list", "map", "inet", "hedgerow", "egress4"], { netns });
    return !table.includes(addressOf(mallory, "IPv4"));
  });
}
