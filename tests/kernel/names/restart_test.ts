import { deepEqual } from "node:assert/strict";
import { until } from "../../lab/clock.ts";
import { DnsClient } from "../../lab/dns_client.ts";
import { createStreet, dnsService, type Street } from "./street.ts";

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
