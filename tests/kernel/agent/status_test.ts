import { deepEqual, equal, match } from "node:assert/strict";
import { conditionsOf } from "../../apiserver/status.ts";
import { until } from "../../lab/clock.ts";
import { createShop, serverOf } from "./shop.ts";

Deno.test("CNP-27: agents that are told to write conditions by their environment do, once for all", async () => {
  await using cluster = await createShop();
  const { server } = serverOf(cluster);
  cluster.put({
    ...{ apiVersion: "policy.networking.k8s.io/v1alpha2", kind: "ClusterNetworkPolicy" },
    metadata: { name: "closed" },
    spec: {
      ...{ tier: "Admin", priority: 1, subject: { namespaces: {} } },
      ingress: [{ action: "Deny", from: [{ namespaces: {} }] }],
    },
  });
  await cluster.startAgents([], { HEDGEROW_WRITE_STATUS: "true" });
  const told = (): readonly string[] => {
    const { objects } = server.store.collection("clusternetworkpolicies");
    return conditionsOf(objects.get("closed")?.value ?? {}).map(({ type, status }) =>
      `${type}=${status}`
    );
  };
  await until("the conditions stand there", () => told().length > 0, { timeoutMs: 20_000 });
  deepEqual(told(), ["Accepted=True", "PriorityConflict=False"]);
  const written = async (): Promise<number> => {
    const agents = [...cluster.agents.values()];
    const counts = await Promise.all(
      agents.map((agent) => agent.metric("hedgerow_status_writes_total", `result="written"`)),
    );
    return counts.reduce((a, b) => a + b);
  };
  await until("who wrote them has counted it", async () => await written() > 0);
  equal(await written(), 1);
  await cluster.settled();
  for (const agent of cluster.agents.values()) match((await agent.get("/readyz")).body, /^ok\n/);
});
