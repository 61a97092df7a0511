import assert from "node:assert/strict";
import { agentUser } from "./account.ts";
import { Cluster } from "./cluster.ts";
import { podPath, policiesPath } from "./objects.ts";
import { expectOutcomes, settle } from "./outcomes.ts";
import { dbToWebOnly, webAlone, webForClients } from "./policies.ts";
import { untilHealthy, untilReadyz } from "./readyz.ts";

Deno.test("policies stand while the API server is dead, and it is followed again once it is back", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane } = cluster;
  await plane.kubectl.run(["apply", "-f", "-"], webForClients);
  await plane.kubectl.run(["label", "--namespace=shop", "pod", "api", "role=client"]);
  await using agent = await cluster.startAgent("n1");
  const before = { "shop/api -> shop/web": "open", "shop/db -> shop/web": "timeout" } as const;
  await settle(lab, before);

  await plane.kill();
  await untilReadyz(agent, /^degraded[^]*policies/); // still ready: what it knows is enforced
  await expectOutcomes(lab, before);

  await plane.restart();
  await plane.kubectl.run(["label", "--namespace=shop", "pod", "db", "role=client"]);
  await plane.kubectl.run(["label", "--namespace=shop", "pod", "api", "role-"]);
  await settle(lab, { "shop/api -> shop/web": "timeout", "shop/db -> shop/web": "open" }, 60_000);
  await untilHealthy(agent);
});

Deno.test("after its history was compacted, an agent lists anew and sees what is gone", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane, uplink } = cluster;
  await plane.kubectl.run(["apply", "-f", "-"], webAlone);
  await plane.kubectl.run(["apply", "-f", "-"], webForClients);
  await plane.kubectl.run(["label", "--namespace=shop", "pod", "db", "role=client"]);
  await using agent = await cluster.startAgent("n1");
  await settle(lab, { "shop/db -> shop/web": "open", "shop/api -> shop/web": "timeout" });

  await uplink.cut();
  const lastSeen = await plane.etcd.revision();
  await plane.admin.delete(podPath("shop/db"));
  await plane.admin.delete(`${policiesPath("shop")}/web-alone`);
  await plane.kubectl.run(["apply", "-f", "-"], dbToWebOnly);
  await plane.kubectl.run(["label", "namespace", "blog", "team=a"]);
  const compacted = await plane.etcd.compact();
  await plane.kill(); // with its memory of what changed
  await plane.restart();
  const old = `/api/v1/pods?watch=true&timeoutSeconds=1&resourceVersion=${lastSeen}`;
  assert.match(await plane.admin.text(old), /"code":410/);
  await uplink.mend();

  await settle(lab, {
    "shop/db -> shop/web": "timeout",
    "shop/api -> shop/web": "timeout",
    "blog/front -> shop/web": "open",
  }, 60_000);
  await untilHealthy(agent);
  assert.equal(await agent.metric("hedgerow_objects", `kind="pods"`), 3);
  for (const kind of ["namespaces", "networkpolicies", "nodes", "pods"]) {
    const requests = (await plane.requestsOf(agentUser)).filter(({ resource }) =>
      resource === kind
    );
    const resumed = requests.findLastIndex(({ query }) =>
      Number(query.get("resourceVersion") ?? Infinity) < compacted
    );
    const relisted = requests.slice(resumed).some(({ query }) => query.has("sendInitialEvents"));
    assert.ok(resumed > 0 && relisted, `${kind}: ${JSON.stringify(requests)}`);
  }
});

Deno.test("a compaction does not disturb an agent that keeps up", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane } = cluster;
  await plane.kubectl.run(["apply", "-f", "-"], webForClients);
  await using agent = await cluster.startAgent("n1");
  const lists = await agent.metric("hedgerow_source_lists_total", `kind="networkpolicies"`);
  await plane.etcd.compact();
  await plane.kubectl.run(["label", "--namespace=shop", "pod", "api", "role=client"]);
  await settle(lab, { "shop/api -> shop/web": "open", "shop/db -> shop/web": "timeout" });
  assert.equal(
    await agent.metric("hedgerow_source_lists_total", `kind="networkpolicies"`),
    lists,
  );
});
