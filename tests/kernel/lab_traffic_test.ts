import assert from "node:assert/strict";
import { families, type IpAddress } from "../../lib/model/address.ts";
import { delay, monotonicMs, until } from "../lab/clock.ts";
import type { Lab } from "../lab/lab.ts";
import { linkLocal } from "../lab/link_addresses.ts";
import { icmpPacket, protocolNumbers, tcpFlags, tcpPacket, udpPacket } from "../lab/packet.ts";
import { addressOf } from "../lab/topology.ts";
import { baseChains, both, createLab, PORT } from "./two_nodes.ts";

Deno.test("an open connection's end is seen at both ends, and its neighbours lose nothing", async () => {
  await using lab = await createLab();
  const { network, traffic } = lab;
  await network.nft("n2", baseChains());
  const from = network.host("a/1");
  const open = (to: string, protocol: "TCP" | "UDP") =>
    traffic.open({ from, to: network.host(to), protocol, port: PORT, intervalMs: 2 });
  await using tcp = await open("b/3", "TCP");
  await using udp = await open("b/3", "UDP");
  await using otherTcp = await open("b/4", "TCP");
  await using otherUdp = await open("b/4", "UDP");

  const began = monotonicMs();
  await network.nft("n2", "add element inet hedgerow denied4 { 10.244.2.2 }");
  const done = monotonicMs();

  const cuts = await Promise.all([tcp.silent(100), udp.silent(100)]);
  const ends = [cuts[0].client, cuts[0].server, cuts[1].client];
  for (const { received, lastReceivedAt } of ends) {
    assert.ok(received > 0);
    // What was on its way when the rule came may still arrive a little later.
    assert.ok(lastReceivedAt < done + 20, `last at ${lastReceivedAt - began} ms`);
  }
  await delay(100);
  for (const flow of [otherTcp, otherUdp]) {
    const { client, server, at } = await flow.report();
    assert.deepEqual([client.missing, server.missing], [0, 0]);
    assert.ok(at - client.lastReceivedAt < 100, "it lives on");
  }
});

Deno.test("a flood is counted where it arrives, and nothing of it arrives through a drop", async () => {
  await using lab = await createLab();
  const { network, traffic } = lab;
  const [from, to] = [network.host("a/1"), network.host("b/3")];
  const [source, destination] = [addressOf(from, "IPv4"), addressOf(to, "IPv4")];
  const marker = new TextEncoder().encode("a flood of SYN");
  const packet = tcpPacket({ source, destination }, { sourcePort: 999, destinationPort: PORT }, {
    flags: tcpFlags.SYN,
    payload: marker,
  });
  for (const denied of [false, true]) {
    if (denied) {
      await network.nft("n2", baseChains());
      await network.nft("n2", "add element inet hedgerow denied4 { 10.244.2.2 }");
    }
    await using sniffer = await traffic.sniff(to, { marker });
    await using udp = await traffic.flood({ from, to, port: PORT });
    await using syn = await traffic.flood({ from, to, port: PORT, packet });
    const sent = async () => Math.min(await udp.sent(), await syn.sent());
    await until("a thousand packets of each are sent", async () => await sent() > 1000);
    if (denied) {
      assert.deepEqual([await udp.arrived(), await sniffer.count()], [0, 0]);
    } else {
      await until(
        "some of both arrive",
        async () => Math.min(await udp.arrived(), await sniffer.count()) > 100,
      );
    }
  }
});

Deno.test("floods that are under way do not keep a lab from ending", async () => {
  const lab = await createLab();
  const [from, to] = [lab.network.host("a/1"), lab.network.host("b/3")];
  for (let i = 0; i < 4; i++) await lab.traffic.flood({ from, to, port: PORT });
  const never = AbortSignal.timeout(20_000);
  const late = new Promise<never>((_, reject) => {
    never.addEventListener("abort", () => reject(new Error("Cannot wait any longer: it hangs")));
  });
  await Promise.race([lab[Symbol.asyncDispose](), late]);
});

Deno.test("raw packets claim any source; IPv4 ones with a foreign source are stopped by the node", async () => {
  await using lab = await createLab();
  const { network, traffic } = lab;
  const [from, to, liar] = [network.host("a/1"), network.host("b/3"), network.host("b/4")];
  const expected = { own: { IPv4: 1, IPv6: 1 }, foreign: { IPv4: 0, IPv6: 1 } };
  for (const [whose, host] of [["own", from], ["foreign", liar]] as const) {
    for (const family of families) {
      const [source, destination] = [addressOf(host, family), addressOf(to, family)];
      const marker = new TextEncoder().encode(`${whose} source in ${family}`);
      await using link = await traffic.sniff(to, { marker, family });
      await using local = await traffic.sniff(to, {
        marker,
        family,
        protocol: protocolNumbers.UDP,
      });
      const ports = { sourcePort: 1234, destinationPort: PORT };
      const packet = udpPacket({ source, destination }, ports, marker);
      await traffic.send(from, [packet], { to: destination });
      await settled(lab);
      assert.equal(await link.count(), expected[whose][family], `${whose} ${family}`);
      assert.equal(await local.count(), expected[whose][family], `${whose} ${family}`);
    }
  }
});

Deno.test("a node's own firewall is between what its links deliver and what it is given", async () => {
  await using lab = await createLab();
  const { network, traffic } = lab;
  const [from, node] = [network.host("a/1"), network.host("n1")];
  const marker = new TextEncoder().encode("neighbour discovery as a channel out");
  // A neighbour solicitation with any hop limit, from the pod's own link-local address.
  const source = await linkLocal(from);
  const destination = "fe80::1" as IpAddress;
  const ends = { source, destination };
  const packet = icmpPacket(ends, { type: 135, payload: marker }, 7);
  const sniff = { marker, family: "IPv6" } as const;
  await using link = await traffic.sniff(node, sniff);
  await using local = await traffic.sniff(node, { ...sniff, protocol: protocolNumbers.ICMPv6 });
  await traffic.send(from, [packet], { to: destination, device: "eth0" });
  await until("both have got it", async () => await link.count() + await local.count() === 2);
  await network.nft(
    "n1",
    `table inet wall {
      chain input {
        type filter hook input priority 0
        ip6 hoplimit != 255 icmpv6 type nd-neighbor-solicit drop
      }
    }`,
  );
  await traffic.send(from, [packet], { to: destination, device: "eth0" });
  await until("the link has delivered another", async () => await link.count() === 2);
  assert.equal(await local.count(), 1);
});

/** Waits for whatever is on its way: probes sent after it have come back. */
async function settled({ network, traffic }: Lab): Promise<void> {
  const probes = both(network.host("a/1"), network.host("b/3"), "TCP");
  assert.deepEqual(await traffic.probeAll(probes), ["open", "open"]);
}
