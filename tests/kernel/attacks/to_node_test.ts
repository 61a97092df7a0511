import assert from "node:assert/strict";
import { families, type Family, type IpAddress } from "../../../lib/model/address.ts";
import { icmpPacket, protocolNumbers, udpPacket } from "../../lab/packet.ts";
import { addressOf } from "../../lab/topology.ts";
import { edited, without } from "../semantics/table.ts";
import { both } from "../two_nodes.ts";
import { cacheScript } from "../untracked_cache.ts";
import { assertStopped, type Attack, NODE } from "./attack.ts";
import { castOf, createAttackScene, ends, isolated } from "./cast.ts";
import { icmpNumber, words } from "./icmp_errors.ts";
import { corruptUdpPacket } from "./packets.ts";

const untracked = without(NODE, "input", /^ct state invalid,untracked goto untracked-input$/);

/** Echo reply, destination unreachable about nothing, a type that connection tracking ignores. */
const icmpTypes: Readonly<Record<Family, readonly number[]>> = {
  IPv4: [0, 3, 40],
  IPv6: [129, 1, 200],
};

Deno.test("NP-47: packets without a connection do not get from an isolated pod to its node", async (t) => {
  await using scene = await createAttackScene();
  const { mallory, node } = castOf(scene);
  for (const family of families) {
    const both = ends(mallory, node, family);
    const attack = { from: mallory, at: node, to: both.destination, family };
    await t.step(`ICMP that belongs to nothing, over ${family}`, async () => {
      const packets: Attack["packets"] = (marker) =>
        icmpTypes[family].map((type) => icmpPacket(both, { type, payload: marker }));
      await assertStopped(scene, { ...attack, packets, protocol: icmpNumber(family) }, untracked);
    });
    await t.step(`UDP with a wrong checksum, over ${family}`, async () => {
      const numbers = { sourcePort: 5000, destinationPort: 9 };
      const packets: Attack["packets"] = (marker) => [corruptUdpPacket(both, numbers, marker)];
      const toNode = { ...attack, packets, protocol: protocolNumbers.UDP };
      await assertStopped(scene, toNode, untracked);
    });
  }
});

Deno.test("NP-47: what an isolated pod sends to its node does not even arrive", async (t) => {
  await using scene = await createAttackScene();
  const { mallory, node } = castOf(scene);
  const [ipv4 = "", ipv6 = ""] = node.addresses;
  const places = {
    ...{ [ipv4]: "the node's own", [ipv6]: "the node's own" },
    ...{ "224.0.0.1": "all hosts", "172.30.0.255": "a broadcast", "ff02::1": "all hosts" },
  };
  for (const [address, place] of Object.entries(places)) {
    await t.step(`UDP to ${address}, ${place}`, async () => {
      const family: Family = address.includes(":") ? "IPv6" : "IPv4";
      const [ip, suffix] = words(family);
      const to = address as IpAddress;
      const source = addressOf(mallory, family);
      const numbers = { sourcePort: 5000, destinationPort: 5353 };
      const attack: Attack = {
        ...{ from: mallory, at: node, to, family, device: "eth0" },
        packets: (marker) => [udpPacket({ source, destination: to }, numbers, marker)],
        protocol: protocolNumbers.UDP,
      };
      const vmap = RegExp(`^ct original ${ip} saddr vmap @egress${suffix}$`);
      await assertStopped(scene, attack, without(NODE, "input", vmap));
    });
  }
});

Deno.test("NP-47: a server on the node that is not tracked is reached as policies say", async (t) => {
  await using scene = await createAttackScene();
  const { mallory, alice, node } = castOf(scene);
  await scene.lab.network.nft(NODE, cacheScript);
  for (const port of [53, 54]) {
    for (const protocol of ["TCP", "UDP"] as const) {
      await scene.traffic.serve(node, protocol, port);
    }
  }
  const questions = (["UDP", "TCP"] as const).flatMap((protocol) =>
    [53, 54].flatMap((port) =>
      both(mallory, node, protocol).map((probe) => ({ ...probe, port, timeoutMs: 150 }))
    )
  );
  const ask = async (from = mallory) => {
    const outcomes = await scene.traffic.probeAll(questions.map((probe) => ({ ...probe, from })));
    return questions.filter((_, i) => outcomes[i] === "open")
      .map(({ to, protocol, port }) => `${protocol} ${port} ${to}`);
  };
  const everything = questions.map(({ to, protocol, port }) => `${protocol} ${port} ${to}`);
  await t.step("not at all from an isolated pod", async () => {
    assert.deepEqual(await ask(), []);
    await edited(scene, untracked, async () => assert.deepEqual(await ask(), everything));
  });
  await t.step("by everybody else", async () => assert.deepEqual(await ask(alice), everything));
  await t.step("at the addresses and the port that a policy admits", async () => {
    const [ipv4, ipv6] = node.addresses;
    await scene.enforce(`${isolated}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: dns }
spec:
  podSelector: { matchLabels: { app: mallory } }
  policyTypes: [Egress]
  egress:
    - to: [{ ipBlock: { cidr: ${ipv4}/32 } }, { ipBlock: { cidr: "${ipv6}/128" } }]
      ports: [{ port: 53, protocol: UDP }]
`);
    assert.deepEqual(await ask(), [`UDP 53 ${ipv4}`, `UDP 53 ${ipv6}`]);
  });
});
