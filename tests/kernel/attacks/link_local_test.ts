import type { IpAddress } from "../../../lib/model/address.ts";
import { linkLocal } from "../../lab/link_addresses.ts";
import { icmpPacket, protocolNumbers, udpPacket } from "../../lab/packet.ts";
import { addressOf, plan } from "../../lab/topology.ts";
import type { Scene } from "../semantics/scene.ts";
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
  const datagrams = await datagramsOf(scene);
  for (const [place, datagram] of datagrams) {
    await t.step(`UDP to a ${place} address`, () => assertStopped(scene, datagram, judging));
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
    for (const datagram of datagrams.values()) await assertArrives(scene, datagram);
  });
});

for (const flag of ["--anti-spoof=on", "--anti-spoof=off"]) {
  Deno.test(`NP-47: a sandbox whose addresses are another's by now sends its node nothing, ${flag}`, async (t) => {
    await using scene = await createAttackScene(undefined, [flag]);
    const { mallory } = castOf(scene);
    await scene.announce(mallory);
    scene.forget(mallory.name);
    scene.describe({ ...mallory, name: "b/heir" }, { node: "n2" });
    await scene.enforce();
    for (const [place, datagram] of await datagramsOf(scene)) {
      await t.step(`UDP to a ${place} address`, () => assertStopped(scene, datagram, judging));
    }
  });
}

/** What Mallory sends from her link-local address to places of her node. */
async function datagramsOf(scene: Scene): Promise<ReadonlyMap<string, Attack>> {
  const { mallory, node } = castOf(scene);
  const source = await linkLocal(mallory);
  const datagram = (destination: IpAddress): Attack => ({
    ...{ from: mallory, at: node, device: "eth0", family: "IPv6", to: destination },
    protocol: protocolNumbers.UDP,
    packets: (marker) => [udpPacket({ source, destination }, numbers, marker)],
  });
  const [, gateway] = plan.podGateway;
  return new Map([
    ["link-local", datagram(gateway)],
    ["global", datagram(addressOf(node, "IPv6"))],
    ["multicast", datagram("ff02::1" as IpAddress)],
  ]);
}
