import assert from "node:assert/strict";
import { families, type IpAddress } from "../../../lib/model/address.ts";
import { everybody, ipFrame } from "../../lab/frame.ts";
import { hardwareAddress, linkLocal } from "../../lab/link_addresses.ts";
import { type Ends, icmpPacket, protocolNumbers, udpPacket } from "../../lab/packet.ts";
import { addressOf, plan } from "../../lab/topology.ts";
import type { Scene } from "../semantics/scene.ts";
import { type ChainEdit, without } from "../semantics/table.ts";
import { both } from "../two_nodes.ts";
import { arrivals, assertArrives, assertNeeds, type Attack, NODE } from "./attack.ts";
import { castOf, createAttackScene } from "./cast.ts";
import { filterReversePaths } from "./reverse_paths.ts";

const exemption = (rule: RegExp): ChainEdit => without(NODE, "sources", rule);
const discard = { sourcePort: 5000, destinationPort: 9 };
const dhcp = { sourcePort: 68, destinationPort: 67 };
const [gateway] = plan.podGateway;

Deno.test("what a pod must send that has no address of its own as its source leaves it", async (t) => {
  await using scene = await createAttackScene();
  const { alice, node } = castOf(scene);
  await scene.announce(alice);
  const mac = await hardwareAddress(alice);
  const toNode = { from: alice, at: node, device: "eth0" } as const;
  await t.step("DHCP's first words", async () => {
    await assertNeeds(scene, {
      ...{ ...toNode, to: gateway, family: "IPv4", protocol: protocolNumbers.UDP },
      packets: (marker) => [udpPacket(endsOf("0.0.0.0", "255.255.255.255"), dhcp, marker)],
      framed: (packet) => ipFrame({ source: mac, destination: everybody }, packet),
    }, exemption(/^ip saddr 0\.0\.0\.0/));
  });
  const icmp = { ...toNode, family: "IPv6", protocol: protocolNumbers.ICMPv6 } as const;
  await t.step("the question whether an address is free, and the one for a router", async () => {
    const asked = endsOf("::", "ff02::1");
    await assertNeeds(scene, {
      ...{ ...icmp, to: asked.destination },
      packets: (marker) =>
        [133, 135].map((type) => icmpPacket(asked, { type, payload: marker }, 255)),
    }, exemption(/^ip6 saddr :: ip6 hoplimit 255/));
  });
  await t.step("what it listens to, before it has an address", async () => {
    const reported = endsOf("::", "ff02::1");
    await assertNeeds(scene, {
      ...{ ...icmp, to: reported.destination },
      packets: (marker) =>
        [131, 143].map((type) => icmpPacket(reported, { type, payload: marker }, 1)),
    }, exemption(/^ip6 saddr :: ip6 hoplimit 1 /));
  });
  await t.step("multicast from its link-local address", async () => {
    const ends = { source: await linkLocal(alice), destination: "ff02::1" as IpAddress };
    await assertNeeds(scene, {
      ...{ ...toNode, to: ends.destination, family: "IPv6", protocol: protocolNumbers.UDP },
      packets: (marker) => [udpPacket(ends, discard, marker)],
    }, exemption(/^ip6 saddr fe80::\/10 accept$/));
  });
  await t.step("multicast from its own address", async () => {
    const ends = endsOf(addressOf(alice, "IPv4"), "224.0.0.1");
    await assertArrives(scene, {
      ...{ ...toNode, to: ends.destination, family: "IPv4", protocol: protocolNumbers.UDP },
      packets: (marker) => [udpPacket(ends, discard, marker)],
    });
  });
});

Deno.test("a pod whose interface is known reaches and is reached as before, in both families", async () => {
  await using scene = await createAttackScene();
  const { alice, bob, node, outside } = castOf(scene);
  await scene.announce(alice);
  const questions = (["TCP", "UDP", "SCTP", "ICMP"] as const).flatMap((protocol) => [
    ...[bob, node, outside].flatMap((other) => both(alice, other, protocol)),
    ...[bob, node].flatMap((other) => both(other, alice, protocol)),
  ]);
  const outcomes = await scene.traffic.probeAll(questions);
  assert.deepEqual(outcomes, questions.map(() => "open"));
  assert.equal(await dropped(scene), 0);
});

Deno.test("a pod that forwards for others sends from what its annotation says, and is counted otherwise", async () => {
  await using scene = await createAttackScene();
  const { alice, outside } = castOf(scene);
  const annotations = { "hedgerow.dev/allowed-sources": "10.244.2.64/26,fd00:10:244:2:8::/80" };
  scene.describe(alice, { metadata: { annotations } });
  await scene.enforce();
  await scene.announce(alice);
  await filterReversePaths(scene, "0");
  const sources = {
    IPv4: { allowed: "10.244.2.77", foreign: "10.244.2.130" },
    IPv6: { allowed: "fd00:10:244:2:8::7", foreign: "fd00:10:244:2:9::7" },
  };
  for (const family of families) {
    const from = (source: string): Attack => ({
      ...{ from: alice, at: outside, to: addressOf(outside, family), family },
      packets: (marker) => [
        udpPacket(endsOf(source, addressOf(outside, family)), discard, marker),
      ],
    });
    const before = await dropped(scene);
    const { allowed, foreign } = sources[family];
    const ip = family === "IPv4" ? "ip" : "ip6";
    await assertNeeds(scene, from(allowed), exemption(RegExp(`^${ip} saddr . iifname @allowed`)));
    assert.equal(await arrivals(scene, from(foreign)), 0);
    assert.equal(await dropped(scene), before + 2, "the one that needed the rule, and this one");
  }
});

/** Packets that were dropped for their source. */
function dropped(scene: Scene): Promise<number> {
  return scene.agent(NODE).metric("hedgerow_guard_drops_total", `reason="source"`);
}

function endsOf(source: string, destination: string): Ends {
  return { source: source as IpAddress, destination: destination as IpAddress };
}
