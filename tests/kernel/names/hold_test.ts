import { deepEqual, equal, ok } from "node:assert/strict";
import { until } from "../../lab/clock.ts";
import { DnsClient } from "../../lab/dns_client.ts";
import type { Zone } from "../../lab/dns_server.ts";
import {
  createStreet,
  denied,
  dnsPod,
  dnsService,
  isOpen,
  only,
  outsideAddress,
  port,
} from "./street.ts";

const names = Array.from({ length: 100 }, (_, n) => `n${n}.example.com`);

/** A hundred names with short times and two addresses each; `round` moves all of them. */
function zone(round: number): Zone {
  return Object.fromEntries(names.map((name, n) => {
    const places = [round * 1000 + n, round * 1000 + 500 + n];
    const addresses = places.flatMap((place) => [
      outsideAddress(place, "IPv4"),
      outsideAddress(place, "IPv6"),
    ]);
    return [name, { addresses, seconds: 2 }];
  }));
}

/**
 * By the service and by the pod's own address, each in a cluster of its own: of two connections from
 * one port to one resolver by different addresses conntrack would have to tell the answers apart.
 */
const ways = ["service", "pod"].flatMap((via) =>
  ([["IPv4", "A", 0], ["IPv6", "AAAA", 1]] as const).map(([family, type, at]) => {
    return { via, family, type, at };
  })
);

for (const { via, family, type, at } of ways) {
  Deno.test(`CNP-14 no first packet of a pod is lost to an address that its answer just gave (${via}, ${family})`, async () => {
    await using street = await createStreet(zone(0), ["*.example.com"]);
    const { cluster, dns } = street;
    await cluster.startAgents();
    const agent = cluster.agent("n1");
    await until("answers are held", () => agent.log.some((line) => line.includes("Following DNS")));
    await using client = new DnsClient(cluster.lab.host("shop/web"));
    const resolver = via === "service" ? dnsService[at] : dnsPod(street, family);
    for (const round of [0, 1]) {
      await dns.tell(zone(round));
      const results = await client.run({ resolver, names, type, port });
      deepEqual(results.filter(({ addresses }) => addresses?.length !== 2), [], "all are answered");
      deepEqual(results.filter(({ isConnected }) => !isConnected), [], "all are connected");
    }
    equal(await denied(street), 0, "not one packet was denied");
    equal(await agent.metric("hedgerow_dns_answers_total", 'result="held"'), 2 * names.length);
    const [other] = await client.run({ resolver, names: ["example.org"], type });
    deepEqual(other?.addresses, []);
    equal(await isOpen(street, outsideAddress(5000)), false, "nothing else is open");
  });
}

Deno.test("CNP-14 an answer that comes in fragments reaches its pod, whole, when its addresses are in the kernel", async () => {
  const addresses = Array.from({ length: 80 }, (_, n) => n).flatMap((n) => [
    outsideAddress(n, "IPv4"),
    outsideAddress(n, "IPv6"),
  ]);
  const zone = { "many.example.com": { addresses, seconds: 60 } };
  await using street = await createStreet(zone, ["*.example.com"], 4096);
  const { cluster } = street;
  await cluster.startAgents();
  const agent = cluster.agent("n1");
  await until("answers are held", () => agent.log.some((line) => line.includes("Following DNS")));
  await using client = new DnsClient(cluster.lab.host("shop/web"));
  for (const [type, at] of [["A", 0], ["AAAA", 1]] as const) {
    const errand = { resolver: dnsService[at], names: ["many.example.com"], type, port };
    const [result] = await client.run(errand);
    equal(result?.addresses?.length, 80, type);
    equal(result?.isConnected, true, type);
  }
  equal(await agent.metric("hedgerow_dns_answers_total", 'result="held"'), 2);
  equal(await denied(street), 0);
});

Deno.test("CNP-14 an address that its name has left is closed when its time is over, and what was opened to it lives on", async () => {
  const [first, second] = [outsideAddress(1), outsideAddress(2)];
  await using street = await createStreet(
    { "a.example.com": { addresses: [first], seconds: 1 } },
    ["*.example.com"],
  );
  const { cluster, dns } = street;
  await cluster.startAgents();
  const web = cluster.lab.host("shop/web");
  await using client = new DnsClient(web);
  const errand = { resolver: dnsService[0], names: ["a.example.com"], type: "A", port } as const;
  equal((await client.run(errand))[0]?.isConnected, true);
  const to = first as typeof web.addresses[number];
  await using flow = await cluster.lab.traffic.open({ from: web, to, protocol: "TCP", port });

  await dns.tell({ "a.example.com": { addresses: [second], seconds: 1 } });
  await until(
    "the name has moved",
    async () => (await client.run(errand))[0]?.isConnected === true,
  );
  await until("the first address is closed", async () => !await isOpen(street, first), {
    timeoutMs: 12_000,
  });
  const before = await flow.report();
  const after = await flow.heard();
  ok(after.client.received > before.client.received, "what was opened is heard");
  ok((await flow.report()).server.received > before.server.received, "at both ends");
});

Deno.test("CNP-14 a change of the names lets what stays open, and cuts what was withdrawn", async () => {
  const [kept, gone] = [outsideAddress(1), outsideAddress(2)];
  await using street = await createStreet({
    "kept.example.com": { addresses: [kept], seconds: 60 },
    "gone.example.net": { addresses: [gone], seconds: 60 },
  }, ["*.example.com", "*.example.net"]);
  const { cluster } = street;
  await cluster.startAgents();
  const web = cluster.lab.host("shop/web");
  await using client = new DnsClient(web);
  const both = ["kept.example.com", "gone.example.net"];
  const errand = { resolver: dnsService[0], names: both, type: "A", port } as const;
  await until("both are open", async () => {
    return (await client.run(errand)).every(({ isConnected }) => isConnected);
  });
  const open = (to: string): ReturnType<typeof cluster.lab.traffic.open> =>
    cluster.lab.traffic.open({
      ...{ from: web, to: to as typeof web.addresses[number], protocol: "TCP", port },
    });
  await using stays = await open(kept);
  await using ends = await open(gone);
  cluster.put(only(["*.example.com", "*.example.org"]));
  await ends.silent(200);
  const { client: heard } = await stays.heard();
  ok(heard.received > 0);
  equal(await isOpen(street, kept), true, "it need not be asked for again");
  equal(await isOpen(street, gone), false);
});

Deno.test("CNP-14 not one packet of an open connection is lost while its address is told again and again", async () => {
  const outside = "203.0.113.9";
  const entry = (seconds: number): Zone => {
    return { "a.example.com": { addresses: [outside], seconds } };
  };
  await using street = await createStreet(entry(60), ["*.example.com"]);
  const { cluster, dns } = street;
  await cluster.startAgents();
  const web = cluster.lab.host("shop/web");
  await using client = new DnsClient(web);
  const errand = { resolver: dnsService[0], names: ["a.example.com"], type: "A", port } as const;
  await until("it is open", async () => (await client.run(errand))[0]?.isConnected === true);
  const before = await denied(street);
  {
    await using flood = await cluster.lab.traffic.flood({
      ...{ from: web, to: outside as typeof web.addresses[number], port },
    });
    for (let round = 1; round <= 60; round++) {
      await dns.tell(entry(60 + 10 * round));
      equal((await client.run(errand))[0]?.addresses?.length, 1);
    }
    ok(await flood.sent() > 10_000, "it was a flood");
  }
  const told = await cluster.agent("n1").metric("hedgerow_dns_answers_total", 'result="held"');
  ok(told >= 60, `${told} answers were news`);
  equal(await denied(street), before, "not one packet was denied");
});
