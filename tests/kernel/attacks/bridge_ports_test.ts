import assert from "node:assert/strict";
import { families, type Family, type IpAddress } from "../../../lib/model/address.ts";
import { arpClaim, etherTypes, everybody, ipFrame } from "../../lab/frame.ts";
import { linkLocal } from "../../lab/link_addresses.ts";
import {
  type Ends,
  icmpPacket,
  protocolNumbers,
  tcpFlags,
  tcpPacket,
  udpPacket,
} from "../../lab/packet.ts";
import { nft } from "../../lab/tool.ts";
import { addressOf } from "../../lab/topology.ts";
import { createShop } from "../cni/chain.ts";
import { both, PORT } from "../two_nodes.ts";
import { assertArrives, assertStopped } from "./attack.ts";
import {
  filterBridgesReversePaths,
  hopBetween,
  nobodys,
  setBridgeStage,
  withoutPortRule,
} from "./bridge_stage.ts";
import { ends } from "./cast.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const ports = { sourcePort: 5000, destinationPort: 9 };
const guard = withoutPortRule("port", /^iifname @guarded goto sources$/);

/** Whoever gets a packet keeps silent: an answer would come back as an error about it. */
const muteScript = `table inet mute {
  chain output {
    type filter hook output priority filter; policy drop;
    udp sport ${PORT} accept
    udp dport ${PORT} accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
  }
}`;

Deno.test("what an isolated pod sends by the port of a bridge", async (t) => {
  await using cluster = await createShop();
  const stage = await setBridgeStage(cluster);
  const { mallory, bob, neighbour, node } = stage;
  const outside = cluster.lab.host("outside");
  for (const host of [neighbour, outside]) await nft(host.netns, muteScript);
  const toNeighbour = await hopBetween(mallory, neighbour);
  const toNode = await hopBetween(mallory, node);
  for (const family of families) {
    const sources = [nobodys(family), addressOf(bob, family), addressOf(node, family)];
    await t.step(`with a foreign source to another port, over ${family}`, async () => {
      await assertStopped(stage, {
        ...{ from: mallory, at: neighbour, to: addressOf(neighbour, family), family },
        packets: (marker) => ofEachProtocol(sources, addressOf(neighbour, family), marker),
        framed: (packet) => ipFrame(toNeighbour, packet),
      }, guard);
    });
    for (const rpFilter of ["0", "2"]) {
      await t.step(`with one to the outside, rp_filter ${rpFilter}, over ${family}`, async () => {
        filterBridgesReversePaths(stage, rpFilter);
        await assertStopped(stage, {
          ...{ from: mallory, at: outside, to: addressOf(outside, family), family },
          packets: (marker) =>
            ofEachProtocol([nobodys(family)], addressOf(outside, family), marker),
          framed: (packet) => ipFrame(toNode, packet),
        }, guard);
      });
    }
  }
  await t.step("a claim by ARP to another's address", async () => {
    // Not the gateway's: without the rule it works, and nobody would hear of the neighbour again.
    const claimed = [addressOf(bob, "IPv4"), "10.244.1.140" as IpAddress];
    const hop = { ...toNeighbour, destination: everybody };
    await assertStopped(stage, {
      ...{ from: mallory, at: neighbour, to: addressOf(neighbour, "IPv4"), family: "IPv4" },
      packets: (marker) => claimed.map((address) => arpClaim(hop, address, marker)),
      framed: (frame) => frame,
    }, guard);
  });
  for (const [name, tags] of Object.entries(tagged)) {
    await t.step(`frames with a VLAN tag: ${name}`, async () => {
      await assertStopped(stage, {
        ...{ from: mallory, at: neighbour, to: addressOf(neighbour, "IPv4"), family: "IPv4" },
        packets: (marker) =>
          families.map((family) => udpPacket(ends(mallory, neighbour, family), ports, marker)),
        framed: (packet) => ipFrame(toNeighbour, packet, tags),
      }, withoutPortRule("port", /goto tagged$/));
    });
  }
  await t.step("a router's advertisement, and a redirect", async () => {
    const spoken = { source: await linkLocal(mallory), destination: "ff02::1" as IpAddress };
    await assertStopped(stage, {
      ...{ from: mallory, at: neighbour, to: spoken.destination, family: "IPv6" },
      packets: (marker) =>
        [134, 137].map((type) => icmpPacket(spoken, { type, payload: marker }, 255)),
      framed: (packet) => ipFrame({ ...toNeighbour, destination: everybody }, packet),
    }, withoutPortRule("port", /goto rogue-router$/));
  });
  const source = await linkLocal(mallory);
  await t.step("link-local to another port", async () => {
    const spoken = { source, destination: await linkLocal(neighbour) };
    await assertStopped(stage, {
      ...{ from: mallory, at: neighbour, to: spoken.destination, family: "IPv6" },
      packets: (marker) => [udpPacket(spoken, ports, marker)],
      framed: (packet) => ipFrame(toNeighbour, packet),
    }, withoutPortRule("forward", /^ip6 saddr fe80::\/10 iifname @isolated-egress/));
  });
  await t.step("link-local to its node", async () => {
    const destination = await linkLocal(node, "cni0");
    await assertStopped(stage, {
      ...{
        from: mallory,
        at: node,
        to: destination,
        family: "IPv6",
        protocol: protocolNumbers.UDP,
      },
      packets: (marker) => [udpPacket({ source, destination }, ports, marker)],
      framed: (packet) => ipFrame(toNode, packet),
    }, withoutPortRule("input", /^ip6 saddr fe80::\/10 iifname @isolated-egress/));
  });
  await t.step("what others send to it from and to link-local addresses", async () => {
    const hop = await hopBetween(neighbour, mallory);
    const own = await linkLocal(neighbour);
    const pairs: readonly Ends[] = [
      { source: own, destination: source },
      { source: own, destination: addressOf(mallory, "IPv6") },
      { source: addressOf(neighbour, "IPv6"), destination: source },
    ];
    await assertStopped(stage, {
      ...{ from: neighbour, at: mallory, to: source, family: "IPv6" },
      packets: (marker) => pairs.map((pair) => udpPacket(pair, ports, marker)),
      framed: (packet) => ipFrame(hop, packet),
      arriving: 2, // the second one has a destination that is judged like any other
    }, withoutPortRule("forward", /oifname @isolated-ingress/));
  });
  await t.step("from no address to another pod, as to a DHCP server", async () => {
    const hop = await hopBetween(mallory, bob);
    const numbers = { sourcePort: 68, destinationPort: 67 };
    const targets = ["255.255.255.255", addressOf(bob, "IPv4")];
    await assertStopped(stage, {
      ...{ from: mallory, at: bob, to: addressOf(bob, "IPv4"), family: "IPv4" },
      packets: (marker) => targets.map((to) => udpPacket(endsOf("0.0.0.0", to), numbers, marker)),
      framed: (packet) => ipFrame(hop, packet),
    }, withoutPortRule("forward", /^ip saddr 0\.0\.0\.0 iifname @isolated-egress/));
  });
  for (const [family, groups] of Object.entries(everybodysAddresses)) {
    await t.step(`what others send to it at everybody's addresses, over ${family}`, async () => {
      const hop = await hopBetween(neighbour, mallory); // at its own hardware address, too
      const from = addressOf(neighbour, family as Family);
      await assertStopped(stage, {
        ...{ from: neighbour, at: mallory, to: addressOf(mallory, family as Family) },
        family: family as Family,
        packets: (marker) => groups.map((to) => udpPacket(endsOf(from, to), ports, marker)),
        framed: (packet) => ipFrame(hop, packet),
      }, withoutPortRule("forward", /goto to-isolated$/));
    });
  }
  await t.step("all of it is counted", async () => {
    for (const reason of reasons) {
      assert.ok(await cluster.agent("n1").metric("hedgerow_guard_drops_total", `"${reason}"`) > 0);
    }
    assert.equal(await cluster.agent("n1").metric("hedgerow_pod_interfaces", `"port"`), 2);
  });
});

/** No policy is about who gets what is sent there. */
const everybodysAddresses: Readonly<Record<Family, readonly string[]>> = {
  IPv4: ["255.255.255.255", "10.244.1.255", "224.0.0.1", "239.1.2.3"],
  IPv6: ["ff02::1", "ff05::2", "ff0e::123"],
};

/** Why packets are dropped by the ports of bridges, as metrics call it. */
const reasons = ["source", "vlan", "router", "link-local", "everybody"];

/** Frames with tags that hide what they carry. */
const tagged = {
  "no VLAN": [[etherTypes["802.1Q"], 0]],
  "a VLAN": [[etherTypes["802.1Q"], 5]],
  "a provider's": [[etherTypes["802.1ad"], 5]],
  "two": [[etherTypes["802.1ad"], 5], [etherTypes["802.1Q"], 6]],
} as const;

Deno.test("what honest pods send by the ports of a bridge is untouched", async (t) => {
  await using cluster = await createShop();
  const stage = await setBridgeStage(cluster);
  const { bob, neighbour, node, traffic } = stage;
  const outside = cluster.lab.host("outside");
  await t.step("connections, both ways, in both families", async () => {
    const questions = (["TCP", "UDP", "ICMP"] as const).flatMap((protocol) => [
      ...[neighbour, outside].flatMap((other) => both(bob, other, protocol)),
      ...[neighbour, node].flatMap((other) => both(other, bob, protocol)),
      ...(protocol === "UDP" ? [] : both(bob, node, protocol)), // it would answer from the bridge
    ]);
    const outcomes = await traffic.probeAll(questions);
    const shut = questions.filter((_, i) => outcomes[i] !== "open");
    assert.deepEqual(shut.map(({ from, to, protocol }) => `${from.name} > ${to} ${protocol}`), []);
  });
  const hop = { ...await hopBetween(bob, neighbour), destination: everybody };
  const arrives = (packets: (marker: Bytes) => readonly Bytes[], family: "IPv4" | "IPv6") =>
    assertArrives(stage, {
      ...{ from: bob, at: neighbour, to: addressOf(neighbour, family), family, packets },
      framed: (packet: Bytes) => ipFrame(hop, packet),
    });
  await t.step("DHCP, and multicast from its own address", async () => {
    const ends = endsOf("0.0.0.0", "255.255.255.255");
    const dhcp = { sourcePort: 68, destinationPort: 67 };
    const own = endsOf(addressOf(bob, "IPv4"), "224.0.0.251");
    await arrives(
      (marker) => [udpPacket(ends, dhcp, marker), udpPacket(own, ports, marker)],
      "IPv4",
    );
  });
  await t.step("neighbour discovery, multicast listening, link-local traffic", async () => {
    const own = endsOf(await linkLocal(bob), "ff02::1");
    const nobody = endsOf("::", "ff02::1");
    await arrives((marker) => [
      ...[133, 135].map((type) => icmpPacket(nobody, { type, payload: marker }, 255)),
      ...[131, 143].map((type) => icmpPacket(nobody, { type, payload: marker }, 1)),
      ...[133, 135, 136].map((type) => icmpPacket(own, { type, payload: marker }, 255)),
      udpPacket(own, ports, marker),
    ], "IPv6");
  });
  await t.step("ARP for its own address, and for one that may be free", async () => {
    await assertArrives(stage, {
      ...{ from: bob, at: neighbour, to: addressOf(neighbour, "IPv4"), family: "IPv4" },
      packets: (marker) =>
        [addressOf(bob, "IPv4"), "0.0.0.0" as IpAddress]
          .map((address) => arpClaim(hop, address, marker)),
      framed: (frame) => frame,
    });
  });
  const dropped = reasons.map((reason) =>
    cluster.agent("n1").metric("hedgerow_guard_drops_total", `"${reason}"`)
  );
  // These are bob's multicast and DHCP, which go to all ports, and not to an isolated pod's.
  assert.deepEqual(await Promise.all(dropped), [0, 0, 0, 1, 2], reasons.join());
});

function ofEachProtocol(
  sources: readonly IpAddress[],
  destination: IpAddress,
  payload: Bytes,
): readonly Bytes[] {
  return sources.flatMap((source) => {
    const ends = { source, destination };
    return [
      tcpPacket(ends, ports, { flags: tcpFlags.SYN, payload }),
      udpPacket(ends, ports, payload),
      icmpPacket(ends, { type: source.includes(":") ? 128 : 8, payload }),
    ];
  });
}

function endsOf(source: string, destination: string): Ends {
  return { source: source as IpAddress, destination: destination as IpAddress };
}
