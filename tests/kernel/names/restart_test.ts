import { deepEqual, ok } from "node:assert/strict";
import { until } from "../../lab/clock.ts";
import { DnsClient } from "../../lab/dns_client.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import {
  createStreet,
  dnsService,
  isOpen,
  only,
  outsideAddress,
  port,
  type Street,
} from "./street.ts";

async function following({ cluster }: Street): Promise<void> {
  await cluster.startAgents();
  const agent = cluster.agent("n1");
  await until("answers are held", () => agent.log.some((line) => line.includes("Following DNS")));
}

Deno.test("CNP-14 an agent that is ended in order takes no answer with it", async () => {
  await using street = await createStreet({}, ["*.example.com"]);
  await following(street);
  const { cluster } = street;
  const agent = cluster.agent("n1");
  await using client = new DnsClient(cluster.lab.host("shop/web"));
  const names = Array.from({ length: 3000 }, (_, n) => `n${n}.example.com`);
  const errand = { resolver: dnsService[0], names, type: "A" } as const;
  const asking = client.run(errand);
  await until("answers come by", async () => {
    return await agent.metric("hedgerow_dns_answers_total") > 100;
  }, { timeoutMs: 20_000 });
  await agent.stop("SIGTERM");
  await using other = new DnsClient(cluster.lab.host("shop/web"));
  const results = [await other.run({ ...errand, names: names.slice(0, 20) }), await asking].flat();
  deepEqual(results.filter(({ addresses }) => addresses === undefined), []);
});

Deno.test("CNP-14 what was opened in the time of an agent before lives on when a rule gets one more name", async () => {
  const [first, second] = [outsideAddress(1), outsideAddress(2)];
  await using street = await createStreet(
    { "a.example.com": { addresses: [first], seconds: 1 } },
    ["*.example.com"],
  );
  await following(street);
  const { cluster, dns } = street;
  const web = cluster.lab.host("shop/web");
  await using client = new DnsClient(web);
  const errand = { resolver: dnsService[0], names: ["a.example.com"], type: "A", port } as const;
  await until("open", async () => (await client.run(errand))[0]?.isConnected === true);
  await using flow = await cluster.lab.traffic.open({
    ...{ from: web, to: first as IpAddress, protocol: "TCP", port },
  });
  await dns.tell({ "a.example.com": { addresses: [second], seconds: 1 } });
  await until("the address is closed", async () => !await isOpen(street, first), {
    timeoutMs: 20_000,
  });
  const agent = cluster.agent("n1");
  await agent.stop("SIGTERM");
  agent.start();
  await agent.ready();
  cluster.put(only(["*.example.com", "*.example.org"]));
  await until("there is another set", async () => {
    return (await cluster.lab.network.nft("n1", "list table inet hedgerow")).includes(
      "example.org",
    );
  });
  const before = await flow.report();
  const after = await flow.heard();
  ok(after.client.received > before.client.received, "what was opened is heard");
});
