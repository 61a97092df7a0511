import { families } from "../../../lib/model/address.ts";
import { ipPacket, udpPacket } from "../../lab/packet.ts";
import { addressOf, plan } from "../../lab/topology.ts";
import { without } from "../semantics/table.ts";
import { assertArrives, assertStopped, type Attack, NODE } from "./attack.ts";
import { castOf, createAttackScene, ends } from "./cast.ts";
import { grePacket } from "./packets.ts";

const vxlan = { sourcePort: 5000, destinationPort: 4789 };
/** VXLAN as it is registered and as Linux has it by default, and Geneve. */
const tunnelPorts = [4789, 8472, 6081];

/** What the API says of the nodes. */
const nodes = [1, 2].map((number) => {
  const addresses = plan.node(number).map((address) =>
    `{ type: InternalIP, address: "${address}" }`
  );
  return [
    "apiVersion: v1",
    "kind: Node",
    `metadata: { name: n${number} }`,
    `status: { addresses: [${addresses.join(", ")}] }`,
  ].join("\n");
}).join("\n---\n");

Deno.test("--deny-tunnels: no tunnel of a pod ends at a node, its own or another", async (t) => {
  await using scene = await createAttackScene(nodes, ["--deny-tunnels"]);
  const { alice, node, outside } = castOf(scene);
  await scene.announce(alice);
  const other = scene.host("n2");
  for (const family of families) {
    for (const to of [node, other]) {
      const both = ends(alice, to, family);
      const attack = { from: alice, at: to, to: both.destination, family };
      const chain = to === node ? "input" : family === "IPv4" ? "forward" : "forward-ip6";
      const rule = without(NODE, chain, /^iifname @pod-links .*jump tunnels$/);
      const packets: Attack["packets"] = (marker) => [
        grePacket(both, marker),
        ipPacket(both, marker, { protocol: family === "IPv4" ? 4 : 41 }),
        ...tunnelPorts.map((destinationPort) =>
          udpPacket(both, { ...vxlan, destinationPort }, marker)
        ),
      ];
      await t.step(`to ${to.name} over ${family}`, async () => {
        if (to === other) return await assertStopped(scene, { ...attack, packets }, rule);
        // What the node itself is given: by UDP, as its links deliver all of it anyway.
        const datagrams: Attack["packets"] = (marker) => packets(marker).slice(2);
        await assertStopped(scene, { ...attack, packets: datagrams, protocol: 17 }, rule);
      });
    }
    await t.step(`what is no tunnel, or goes elsewhere, passes over ${family}`, async () => {
      const packets: Attack["packets"] = (marker) => [
        udpPacket(ends(alice, outside, family), vxlan, marker),
        grePacket(ends(alice, outside, family), marker),
      ];
      const to = addressOf(outside, family);
      await assertArrives(scene, { from: alice, at: outside, to, family, packets });
      const port = { ...vxlan, destinationPort: 9 };
      await assertArrives(scene, {
        ...{ from: alice, at: node, to: addressOf(node, family), family, protocol: 17 },
        packets: (marker) => [udpPacket(ends(alice, node, family), port, marker)],
      });
    });
  }
});
