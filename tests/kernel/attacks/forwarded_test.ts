import assert from "node:assert/strict";
import { families, type Family } from "../../../lib/model/address.ts";
import { setSysctls } from "../../lab/netns.ts";
import {
  type Ends,
  icmpPacket,
  protocolNumbers,
  tcpFlags,
  tcpPacket,
  udpPacket,
} from "../../lab/packet.ts";
import type { Host } from "../../lab/topology.ts";
import type { Scene } from "../semantics/scene.ts";
import { type ChainEdit, without } from "../semantics/table.ts";
import { PORT } from "../two_nodes.ts";
import { arrivals, assertArrives, assertStopped, type Attack, judging, NODE } from "./attack.ts";
import { castOf, createAttackScene, ends } from "./cast.ts";
import { corruptUdpPacket, extended, extensionHeaders, fragments, grePacket } from "./packets.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Packets = (ends: Ends, marker: Bytes) => readonly Bytes[];

const untracked = without(NODE, "unusual", /^ct state invalid,untracked jump untracked$/);
const numbers = { sourcePort: 5000, destinationPort: 9 };
const { SYN, ACK, RST, FIN } = tcpFlags;
const flagsOfNoBeginning = [SYN | ACK, RST, FIN | ACK, SYN | FIN, 0];
const replying = { sourcePort: PORT, destinationPort: 5000 };

Deno.test("NP-6: packets without a connection pass an isolated pod's node in neither direction", async (t) => {
  await using scene = await createAttackScene();
  await scene.lab.network.nft(
    NODE,
    `table inet careless {
      chain prerouting {
        type filter hook prerouting priority raw; policy accept;
        udp dport 7777 notrack
      }
    }`,
  );
  const kinds: Readonly<Record<string, Packets>> = {
    "an echo reply that nobody asked for": (ends, payload) => [
      icmpPacket(ends, { type: ends.source.includes(":") ? 129 : 0, payload }),
    ],
    "TCP flags that begin nothing": (ends, payload) =>
      flagsOfNoBeginning.map((flags) => tcpPacket(ends, replying, { flags, payload })),
    "UDP with a wrong checksum": (ends, payload) => [corruptUdpPacket(ends, numbers, payload)],
    "UDP that somebody's rule keeps from being tracked": (ends, payload) => [
      udpPacket(ends, { ...numbers, destinationPort: 7777 }, payload),
    ],
  };
  for (const [name, packets] of Object.entries(kinds)) {
    await t.step(name, () => assertStoppedBothWays(scene, packets, { by: () => untracked }));
  }
});

Deno.test("NP-42: a packet that looks like a reply is none where nothing was asked", async (t) => {
  await using scene = await createAttackScene();
  const kinds: Readonly<Record<string, Packets>> = {
    "TCP in the middle of a connection that never began": (ends, payload) => [
      tcpPacket(ends, replying, { flags: ACK, payload }),
    ],
    "UDP from a server's port": (ends, payload) => [udpPacket(ends, replying, payload)],
  };
  for (const [name, packets] of Object.entries(kinds)) {
    await t.step(name, () => assertStoppedBothWays(scene, packets, { by: judging }));
  }
});

Deno.test("NP-40: no form of a packet evades the policies", async (t) => {
  await using scene = await createAttackScene();
  const { mallory, alice, outside } = castOf(scene);
  await t.step("GRE, which has no ports", async () => {
    for (const family of families) {
      // Not both ways between the same two: without ports the second would be the first's reply.
      for (const [from, to] of [[mallory, outside], [alice, mallory]] as const) {
        const attack = attackOf({ from, to, family }, (ends, data) => [grePacket(ends, data)]);
        await assertStopped(scene, attack, judging(family, from === mallory));
      }
    }
  });
  await t.step("fragments, where the first has the ports and nothing else, or some more", () => {
    const cut: Packets = (ends, data) => {
      const datagram = udpPacket(ends, numbers, Uint8Array.from([...data, ...Array(40).fill(7)]));
      return [8, 24].flatMap((length) => fragments(datagram, length));
    };
    // What is cut anew on its way is whole again where it is received.
    return assertStoppedBothWays(scene, cut, {
      by: judging,
      marked: 2,
      protocol: protocolNumbers.UDP,
    });
  });
  for (const [name, header] of Object.entries(extensionHeaders)) {
    await t.step(`IPv6 with an extension header: ${name}`, async () => {
      for (const [from, to] of [[mallory, outside], [outside, mallory]] as const) {
        const attack = attackOf({ from, to, family: "IPv6" }, (ends, data) => [
          extended(udpPacket(ends, numbers, data), [header]),
          extended(udpPacket(ends, numbers, data), [header, extensionHeaders.destination]),
        ]);
        await assertStopped(scene, attack, judging("IPv6", from === mallory));
      }
    });
  }
});

/** Mallory may talk to everybody on port 80, and everybody to her. */
const port80 = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: port-80 }
spec:
  podSelector: { matchLabels: { app: mallory } }
  policyTypes: [Ingress, Egress]
  ingress: [{ ports: [{ port: ${PORT}, protocol: UDP }] }]
  egress: [{ ports: [{ port: ${PORT}, protocol: UDP }] }]
`;

Deno.test("NP-31: what is allowed passes in every form, and what is denied in none", async (t) => {
  await using scene = await createAttackScene(port80);
  const { mallory, outside } = castOf(scene);
  const { hopByHop, destination } = extensionHeaders;
  const forms: Readonly<Record<string, (datagram: Bytes) => readonly Bytes[]>> = {
    "whole": (datagram) => [datagram],
    "in fragments": (datagram) => fragments(datagram, 8),
    "with hop-by-hop options": (datagram) => [extended(datagram, [hopByHop])],
    "with destination options": (datagram) => [extended(datagram, [hopByHop, destination])],
  };
  for (const [name, form] of Object.entries(forms)) {
    await t.step(name, async () => {
      for (const family of name.startsWith("with") ? ["IPv6"] as const : families) {
        for (const [from, to] of [[mallory, outside], [outside, mallory]] as const) {
          for (const destinationPort of [PORT, 9]) {
            const attack = attackOf(
              { from, to, family },
              (ends, data) => form(udpPacket(ends, { ...numbers, destinationPort }, data)),
            );
            const given = { ...attack, marked: 1, protocol: protocolNumbers.UDP };
            if (destinationPort === PORT) await assertArrives(scene, given);
            else assert.equal(await arrivals(scene, given), 0);
          }
        }
      }
    });
  }
});

Deno.test("the rest of a datagram whose beginning never comes does not pass the node", async () => {
  await using scene = await createAttackScene();
  const { mallory, outside } = castOf(scene);
  for (const family of families) {
    const attack = attackOf({ from: mallory, to: outside, family }, (ends, data) => {
      const datagram = udpPacket(ends, numbers, Uint8Array.from([...Array(40).fill(7), ...data]));
      return [fragments(datagram, 24)[1]];
    });
    assert.equal(await arrivals(scene, attack), 0);
    // It is connection tracking that waits for the rest: no table, no tracking.
    scene.agent(NODE).signal("SIGSTOP");
    const table = await scene.lab.network.nft(NODE, "list table inet hedgerow");
    await scene.lab.network.nft(NODE, "delete table inet hedgerow");
    await assertArrives(scene, attack);
    await scene.lab.network.nft(NODE, table);
    scene.agent(NODE).signal("SIGCONT");
  }
});

Deno.test("a pod's IPv4 packets with another's address do not pass its node", async () => {
  await using scene = await createAttackScene();
  const { mallory, alice, outside } = castOf(scene);
  const { source, destination } = ends(alice, outside, "IPv4");
  const attack: Attack = {
    ...{ from: mallory, at: outside, to: destination, family: "IPv4" },
    packets: (marker) => [udpPacket({ source, destination }, numbers, marker)],
  };
  assert.equal(await arrivals(scene, attack), 0);
  const { netns } = scene.host(NODE);
  const filters = ["all", "pod1"].map((link) => `net.ipv4.conf.${link}.rp_filter`);
  setSysctls(netns, filters.map((key) => [key, "0"]));
  await assertArrives(scene, attack);
});

interface Journey {
  readonly from: Host;
  readonly to: Host;
  readonly family: Family;
}

function attackOf({ from, to, family }: Journey, packets: Packets): Attack {
  const both = ends(from, to, family);
  return {
    ...{ from, at: to, to: both.destination, family },
    packets: (marker) => packets(both, marker),
  };
}

/** Out of and into the isolated pod, to and from its neighbour and the outside. */
async function assertStoppedBothWays(
  scene: Scene,
  packets: Packets,
  { by, ...more }: Pick<Attack, "marked" | "protocol"> & {
    readonly by: (family: Family, isEgress: boolean) => ChainEdit;
  },
): Promise<void> {
  const { mallory, alice, outside } = castOf(scene);
  for (const family of families) {
    for (const peer of [alice, outside]) {
      const out = attackOf({ from: mallory, to: peer, family }, packets);
      await assertStopped(scene, { ...out, ...more }, by(family, true));
      const back = attackOf({ from: peer, to: mallory, family }, packets);
      await assertStopped(scene, { ...back, ...more }, by(family, false));
    }
  }
}
