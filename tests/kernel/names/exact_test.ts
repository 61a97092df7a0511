import { equal, match, ok } from "node:assert/strict";
import { until } from "../../lab/clock.ts";
import { DnsClient } from "../../lab/dns_client.ts";
import { createStreet, dnsService, isOpen, outsideAddress, port } from "./street.ts";

Deno.test("CNP-14 exact names are open before any pod asks, and stay open past their time", async () => {
  const addresses = [outsideAddress(1), outsideAddress(1, "IPv6")];
  const zone = {
    "api.example.com": { addresses, seconds: 1 },
    "www.example.com": {
      ...{ addresses: [outsideAddress(2)], seconds: 60 },
      aliases: ["edge.example.net", "pop7.example.net"],
    },
  };
  await using street = await createStreet(zone, ["api.example.com", "www.example.com"]);
  const { cluster, dns } = street;
  await cluster.startAgents();
  for (const address of [...addresses, outsideAddress(2)]) {
    await until(`${address} is open`, () => isOpen(street, address));
  }
  equal(await isOpen(street, outsideAddress(3)), false);
  const asked = async (): Promise<number> => (await dns.asked())["api.example.com"] ?? 0;
  const before = await asked();
  await until("it has been asked for often", async () => await asked() >= before + 6, {
    timeoutMs: 20_000,
  });
  for (const address of addresses) equal(await isOpen(street, address), true);

  const [moved] = [outsideAddress(9)];
  await dns.tell({ "api.example.com": { addresses: [moved], seconds: 1 } });
  await until("the new address is open", () => isOpen(street, moved), { timeoutMs: 10_000 });
  await until("the old one is closed", async () => !await isOpen(street, outsideAddress(1)), {
    timeoutMs: 20_000,
  });
  equal(await isOpen(street, outsideAddress(2)), true, "the other name has its time yet");
});

Deno.test("CNP-14 a name may stand for over a hundred addresses: what does not fit comes by TCP, and a resolver that is silent is passed over", async () => {
  const addresses = Array.from({ length: 150 }, (_, n) => outsideAddress(n));
  await using street = await createStreet(
    { "many.example.com": { addresses, seconds: 60 } },
    ["many.example.com"],
  );
  const { cluster } = street;
  await cluster.startAgents(["--dns-resolver", "203.0.113.9"]);
  for (const place of [0, 75, 149]) {
    await until(`${place} is open`, () => isOpen(street, outsideAddress(place)), {
      timeoutMs: 10_000,
    });
  }
  equal(await cluster.agent("n1").metric("hedgerow_dns_addresses"), 150);
  equal(await isOpen(street, outsideAddress(150)), false);
});

Deno.test("CNP-14 while the agent is away answers flow, and addresses are closed at their time's end", async () => {
  const [address] = [outsideAddress(1)];
  await using street = await createStreet({
    "api.example.com": { addresses: [address], seconds: 1 },
    "a.example.org": { addresses: [outsideAddress(2)], seconds: 3600 },
  }, ["api.example.com", "*.example.org"]);
  const { cluster } = street;
  await cluster.startAgents();
  const agent = cluster.agent("n1");
  await using client = new DnsClient(cluster.lab.host("shop/web"));
  const errand = { resolver: dnsService[0], names: ["a.example.org"], type: "A", port } as const;
  await until("both are open", async () => {
    const [answer] = await client.run(errand);
    return answer?.isConnected === true && await isOpen(street, address);
  });
  await agent.stop("SIGKILL");
  await until(
    "an answer arrives",
    async () => (await client.run(errand))[0]?.addresses?.length === 1,
  );
  await until("the address is closed", async () => !await isOpen(street, address), {
    timeoutMs: 20_000,
  });
  equal(await isOpen(street, outsideAddress(2)), true, "its time is not over");

  agent.start();
  await agent.ready();
  equal(await isOpen(street, outsideAddress(2)), true, "what pods were told is known still");
  await until("it is looked up again", () => isOpen(street, address));
  ok(agent.log.every((line) => !line.includes("Mending")), "nothing had to be mended");
  await until("answers are held again", async () => {
    await client.run(errand);
    return await agent.metric("hedgerow_dns_answers_total") > 0;
  });
});

Deno.test("CNP-14 the tables for answers are there only while rules name domains, and are mended", async () => {
  await using street = await createStreet({}, ["*.example.com"]);
  const { cluster } = street;
  await cluster.startAgents(["--self-heal", "100ms"]);
  const tables = (): Promise<string> => cluster.lab.network.nft("n1", "list tables");
  const isThere = async (): Promise<boolean> => {
    const text = await tables();
    return ["ip", "ip6"].every((family) => text.includes(`table ${family} hedgerow-dns`));
  };
  await until("they are there", isThere);
  for (
    const harm of [
      "delete table ip hedgerow-dns",
      "flush chain ip6 hedgerow-dns output",
      "delete element ip hedgerow-dns clients { 10.244.1.2 }",
    ]
  ) {
    await cluster.lab.network.nft("n1", harm);
    await until(`"${harm}" is mended`, async () => {
      const text = await isThere() && [
        await cluster.lab.network.nft("n1", "list table ip hedgerow-dns"),
        await cluster.lab.network.nft("n1", "list table ip6 hedgerow-dns"),
      ].join("");
      return text !== false && text.includes("10.244.1.2") &&
        (text.match(/udp sport set udp dport/g) ?? []).length === 2;
    });
  }
  match((await cluster.agent("n1").get("/readyz")).body, /note: .* TCP, DoT and DoH.* not seen/);
  cluster.remove("ClusterNetworkPolicy only-names");
  await until("they are gone", async () => !(await tables()).includes("hedgerow-dns"));
  match((await cluster.agent("n1").get("/readyz")).body, /^ok\n/);
});
