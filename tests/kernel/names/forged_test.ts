import { equal, ok } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import { addressOf } from "../../lab/topology.ts";
import { until } from "../../lab/clock.ts";
import { DnsClient } from "../../lab/dns_client.ts";
import { DnsServer } from "../../lab/dns_server.ts";
import {
  createStreet,
  dnsService,
  dnsServices,
  exceptOutside,
  isOpen,
  outsideAddress,
  type Street,
} from "./street.ts";

const zone = { "good.example.com": { addresses: [outsideAddress(1)], seconds: 60 } };
const evil = [outsideAddress(66)];

async function following({ cluster }: Street): Promise<void> {
  await cluster.startAgents();
  const agent = cluster.agent("n1");
  await until("answers are held", () => agent.log.some((line) => line.includes("Following DNS")));
}

/** The agent's ports for answers. */
async function portsOf({ cluster }: Street, family: "ip" | "ip6"): Promise<readonly number[]> {
  const text = await cluster.lab.network.nft("n1", `list set ${family} hedgerow-dns ports`);
  const ports = [...text.matchAll(/\b(\d{4,5})\b/g)].map(([, port]) => Number(port));
  ok(ports.length > 0);
  return ports;
}

/** Asks for a good name: whatever came before it has been dealt with when this is open. */
async function afterwards(street: Street, client: DnsClient): Promise<void> {
  const errand = { resolver: dnsService[0], names: ["good.example.com"], type: "A" } as const;
  await client.run(errand);
  await until("the good name is open", () => isOpen(street, outsideAddress(1)));
}

Deno.test("CNP-14 an answer that nobody asked for opens nothing, even from the resolver itself", async () => {
  await using street = await createStreet(zone, ["*.example.com"]);
  await following(street);
  const { cluster, dns } = street;
  await using client = new DnsClient(cluster.lab.host("shop/web"));
  const to = addressOf(cluster.lab.host("shop/web"), "IPv4");
  for (const port of [5353, 40_000, 53]) {
    await dns.forge({ to, port, name: "evil.example.com", addresses: evil });
  }
  await afterwards(street, client);
  equal(await isOpen(street, evil[0] ?? ""), false);
});

Deno.test("CNP-14 an answer of somebody who is no known resolver opens nothing", async () => {
  await using street = await createStreet(zone, ["*.example.com"]);
  const { cluster } = street;
  // The rogue may be asked: policy does not forbid it. It is not believed.
  cluster.label("Pod shop/rogue", { "k8s-app": "kube-dns" });
  const lie = { "evil.example.com": { addresses: evil, seconds: 600 } };
  await using _rogue = await DnsServer.start(cluster.lab.host("shop/rogue"), lie);
  await following(street);
  await using client = new DnsClient(cluster.lab.host("shop/web"));
  const resolver = addressOf(cluster.lab.host("shop/rogue"), "IPv4");
  const [told] = await client.run({ resolver, names: ["evil.example.com"], type: "A" });
  equal(told?.addresses?.length, 1, "it was told");
  await afterwards(street, client);
  equal(await isOpen(street, evil[0] ?? ""), false, "and not believed");
});

Deno.test("CNP-14 what is sent to the agent's own ports opens nothing, wherever it comes from", async () => {
  await using street = await createStreet(zone, ["*.example.com"]);
  await following(street);
  const { cluster, dns } = street;
  await using client = new DnsClient(cluster.lab.host("shop/web"));
  const ports = await portsOf(street, "ip");
  for (const port of ports) {
    for (const to of ["172.30.0.1", "10.244.1.2"]) {
      await dns.forge({ to, port, name: "evil.example.com", addresses: evil });
    }
  }
  await using local = await DnsServer.start(cluster.lab.host("n1"), {});
  for (const port of ports) {
    await local.forge({ to: "127.0.0.1", port, name: "evil.example.com", addresses: evil });
  }
  await until("it was refused", async () => {
    const count = await cluster.agent("n1").metric(
      "hedgerow_dns_answers_total",
      'result="refused"',
    );
    return count === ports.length;
  });
  await afterwards(street, client);
  equal(await isOpen(street, evil[0] ?? ""), false);
});

Deno.test("CNP-14 a pod that names are opened for tells the agent nothing itself: by a broadcast, to a group, or by a service that leads to its node", async () => {
  await using street = await createStreet(zone, ["*.example.com"]);
  const { cluster } = street;
  cluster.put(exceptOutside(["*.example.com"]));
  await following(street);
  const web = cluster.lab.host("shop/web");
  const [service, node] = ["10.96.0.66" as IpAddress, addressOf(cluster.lab.host("n1"), "IPv4")];
  const [port4 = 0] = await portsOf(street, "ip");
  const [port6 = 0] = await portsOf(street, "ip6");
  await cluster.lab.network.setServices([
    ...dnsServices(cluster),
    {
      ...{ addresses: [service], protocol: "UDP", port: 5000 },
      backends: [{ address: node, port: port4 }],
    },
  ]);
  await using forger = await DnsServer.start(web, {});
  for (
    const [from, to, port] of [
      [addressOf(web, "IPv4"), "255.255.255.255", port4],
      [addressOf(web, "IPv6"), "ff02::1%eth0", port6],
      [addressOf(web, "IPv4"), service, 5000],
      [addressOf(web, "IPv4"), node, port4],
    ] as const
  ) await forger.forge({ from, to, port, name: "evil.example.com", addresses: evil });
  await using client = new DnsClient(web);
  await afterwards(street, client);
  equal(await isOpen(street, evil[0] ?? ""), false);
});

Deno.test("CNP-14 a pod that no rule with names is about learns nothing for others, and names without a rule open nothing", async () => {
  const more = { ...zone, "thing.example.com": { addresses: evil, seconds: 600 } };
  await using street = await createStreet(more, ["good.example.com", "*.example.org"]);
  await following(street);
  const { cluster } = street;
  await using thief = new DnsClient(cluster.lab.host("shop/thief"));
  await using client = new DnsClient(cluster.lab.host("shop/web"));
  const errand = { resolver: dnsService[0], names: ["thing.example.com"], type: "A" } as const;
  equal((await thief.run(errand))[0]?.addresses?.length, 1);
  equal((await client.run(errand))[0]?.addresses?.length, 1);
  await afterwards(street, client);
  equal(await isOpen(street, evil[0] ?? ""), false);
  equal(await cluster.agent("n1").metric("hedgerow_dns_addresses"), 1);
});
