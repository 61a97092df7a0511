import { equal, ok } from "node:assert/strict";
import { until } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import { readTable } from "../../lab/kernel_table.ts";
import { createShop, letIn } from "./shop.ts";

/** What somebody does to the table, and how it is counted. */
const vandalism: readonly (readonly [what: string, kind: string])[] = [
  ["delete table inet hedgerow", "table missing"],
  ["flush chain inet hedgerow forward", "chain changed"],
  ["flush chain inet hedgerow CHAIN", "chain changed"],
  ["delete chain inet hedgerow output", "chain missing"],
  ["flush set inet hedgerow policed4", "elements missing"],
  ["flush map inet hedgerow ingress4", "elements missing"],
  ["add rule inet hedgerow forward accept", "chain changed"],
  ["add chain inet hedgerow theirs", "chain foreign"],
  ["flush ruleset", "table missing"],
];

async function shopWithPolicy(args: readonly string[]): Promise<Cluster> {
  const cluster = await createShop();
  await cluster.startAgents(args);
  cluster.put(letIn("own", "web", "api"));
  await cluster.settled();
  return cluster;
}

Deno.test("whatever somebody does to the table is mended by the self-heal, and counted", async () => {
  await using cluster = await shopWithPolicy(["--self-heal", "300ms"]);
  const agent = cluster.agent("n1");
  for (const [what, kind] of vandalism) {
    const reading = await readTable(cluster.lab.host("n1"));
    const chain = [...reading?.listing.chains.keys() ?? []].find((name) =>
      name.startsWith("ingress-")
    );
    const label = `kind="${kind}"`;
    const count = (): Promise<number> =>
      agent.metric("hedgerow_drift_repaired_total", label).catch(() => 0);
    const before = await count();
    await cluster.lab.network.nft("n1", what.replace("CHAIN", chain ?? ""));
    await until(`${what}: mended and counted`, async () => await count() > before);
    await cluster.settled();
  }
});

Deno.test("a table that is gone is back with the next change, long before the self-heal", async () => {
  await using cluster = await shopWithPolicy(["--self-heal", "1h"]);
  await cluster.lab.network.nft("n1", "delete table inet hedgerow");
  cluster.put(letIn("own", "web", "guest"));
  await cluster.settled();
  await using _flow = await cluster.lab.traffic.open({
    from: cluster.lab.host("shop/guest"),
    to: cluster.lab.host("shop/web"),
    protocol: "TCP",
    port: 80,
  });
});

Deno.test("SIGHUP reads the table back at once", async () => {
  await using cluster = await shopWithPolicy(["--self-heal", "1h"]);
  await cluster.lab.network.nft("n1", "flush ruleset");
  cluster.agent("n1").signal("SIGHUP");
  await cluster.settled();
  const repaired = await cluster.agent("n1").metric("hedgerow_drift_repaired_total");
  equal(repaired, 1);
  ok(cluster.agent("n1").log.some((line) => line.includes("table inet hedgerow is gone")));
});
