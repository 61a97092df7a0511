import { equal, ok } from "node:assert/strict";
import { changeSomething, createShop, letIn, port } from "./shop.ts";
import { endsOf, withdraw } from "./withdrawal.ts";

/** How often a policy is withdrawn from open connections. */
const rounds = 40;

Deno.test("NP-43: open TCP connections, and UDP streams that only the server feeds, are cut both ways when their policy is withdrawn", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  cluster.put(letIn("own", "web", "api"));
  const cuts: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const { received, lastMs } of endsOf(await withdraw(cluster, round))) {
      ok(received > 0, "it was open");
      cuts.push(lastMs);
    }
  }
  tell(cuts);
});

Deno.test("NP-43: connections that stay allowed live on through 100 changes of other policies, without a lost packet", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  cluster.put(letIn("own", "web", "api", "guest"));
  cluster.put(letIn("change-x", "web", "api"));
  await cluster.settled();
  await using tcp = await cluster.lab.traffic.open({
    from: cluster.lab.host("shop/api"),
    to: cluster.lab.host("shop/web"),
    protocol: "TCP",
    port,
    intervalMs: 1,
  });
  await using udp = await cluster.lab.traffic.open({
    from: cluster.lab.host("shop/api"),
    to: cluster.lab.host("shop/web"),
    protocol: "UDP",
    port,
    intervalMs: 1,
  });
  for (let n = 0; n < 100; n++) {
    changeSomething(cluster, n);
    await cluster.settled();
  }
  for (const flow of [tcp, udp]) {
    const { client, server } = await flow.report();
    equal(client.missing, 0, "lost on the way to the client");
    equal(server.missing, 0, "lost on the way to the server");
    ok(client.received > 100 && !client.ended, "it lives");
  }
});

/** For the reader: how long it took from the event at the API to the last packet. */
function tell(cuts: readonly number[]): void {
  const sorted = cuts.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
  const line = `${cuts.length} ends, from the event to the last packet: ` +
    `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}
