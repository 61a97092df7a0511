import type { IpAddress } from "../../../lib/model/address.ts";
import { linkLocal } from "../../lab/link_addresses.ts";
import { icmpPacket, protocolNumbers, udpPacket } from "../../lab/packet.ts";
import { addressOf, plan } from "../../lab/topology.ts";
import { without } from "../semantics/table.ts";
import { assertArrives, assertStopped, type Attack, NODE } from "./attack.ts";
import { castOf, createAttackScene, ends, isolated } from "./cast.ts";
import { begin } from "./icmp_errors.ts";
import { errorPackets } from "./packets.ts";

const numbers = { sourcePort: 5000, destinationPort: 9 };
const judging = without(NODE, "input", /^ip6 saddr fe80::\/10 ct direction original iifname vmap/);
const untracked = without(NODE, "untracked-input", /^ip6 saddr fe80::\/10 iifname vmap/);
const forged = without(NODE, "related", /^ip6 saddr fe80::\/10 iifname @guarded .* counter drop$/);

Deno.test("NP-47: what an isolated pod sends its node from a link-local address is judged as its own", async (t) => {
  await using scene = await createAttackScene();
  const { mallory, alice, node } = castOf(scene);
  for (const pod of [mallory, alice]) await scene.announce(pod);
  const [, gateway] = plan.podGateway;
  const source = await linkLocal(mallory);
  const attack = { from: mallory, at: node, device: "eth0", family: "IPv6" } as const;
  const datagram = (to: IpAddress): Attack => ({
    ...{ ...attack, to, protocol: protocolNumbers.UDP },
    packets: (marker) => [udpPacket({ source, destination: to }, numbers, marker)],
  });
  const places = {
    "link-local": gateway,
    "global": addressOf(node, "IPv6"),
    "multicast": "ff02::1",
  };
  for (const [place, to] of Object.entries(places)) {
    await t.step(`UDP to a ${place} address`, () => {
      return assertStopped(scene, datagram(to as IpAddress), judging);
    });
  }
  await t.step("ICMP that belongs to nothing", async () => {
    const both = { source, destination: gateway };
    await assertStopped(scene, {
      ...{ ...attack, to: gateway, protocol: protocolNumbers.ICMPv6 },
      packets: (marker) => [129, 1, 200].map((type) => icmpPacket(both, { type, payload: marker })),
    }, untracked);
  });
  await t.step("errors about a connection that the node has with another pod", async () => {
    const conversation = { client: node, server: alice, serverPort: 7, family: "IPv6" } as const;
    await begin(scene, conversation);
    const asked = { sourcePort: 5000, destinationPort: 7 };
    const both = { source, destination: addressOf(node, "IPv6") };
    await assertStopped(scene, {
      ...{ ...attack, to: both.destination, protocol: protocolNumbers.ICMPv6 },
      packets: (marker) => errorPackets(both, udpPacket(ends(node, alice, "IPv6"), asked, marker)),
    }, forged);
  });
  await t.step("it arrives where a policy admits it", async () => {
    await scene.enforce(`${isolated}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: discard }
spec:
  podSelector: { matchLabels: { app: mallory } }
  policyTypes: [Egress]
  egress: [{ ports: [{ port: 9, protocol: UDP }] }]
`);
    for (const to of Object.values(places)) await assertArrives(scene, datagram(to as IpAddress));
  });
});
