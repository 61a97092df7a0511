import assert from "node:assert/strict";
import { agentUser } from "./account.ts";
import type { AuditedRequest } from "./audit_log.ts";
import { Cluster } from "./cluster.ts";
import { createPod } from "./objects.ts";
import { expectOutcomes, settle } from "./outcomes.ts";
import { webForClients } from "./policies.ts";

const kinds = ["namespaces", "networkpolicies", "nodes", "pods"];

/** Kinds whose CRDs nobody has installed here. */
const absent = ["adminnetworkpolicies", "baselineadminnetworkpolicies", "clusternetworkpolicies"];

Deno.test("an agent is in sync after one streamed list of each kind", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane } = cluster;
  await plane.kubectl.run(["apply", "-f", "-"], webForClients);
  await using agent = await cluster.startAgent("n1");
  await expectOutcomes(lab, { "shop/api -> shop/web": "timeout", "shop/api -> shop/db": "open" });

  const asked = await plane.requestsOf(agentUser);
  // Of each kind that is not found discovery is asked whether it is there in another version.
  const discovery = asked.filter(({ resource }) => resource.startsWith("/"));
  assert.deepEqual(
    discovery.map(({ verb, resource }) => `${verb} ${resource}`),
    absent.map(() => "get /apis"),
  );
  const requests = asked.filter((request) => !discovery.includes(request));
  const all = [...kinds, ...absent].sort();
  assert.deepEqual(requests.map(({ verb }) => verb), all.map(() => "watch"));
  assert.deepEqual(requests.map(({ resource }) => resource).sort(), all);
  for (const { query, status, resource } of requests) {
    assert.equal(query.get("sendInitialEvents"), "true");
    assert.equal(status, absent.includes(resource) ? 404 : 200);
  }
  assert.equal(await agent.metric("hedgerow_objects", `kind="pods"`), 4);
});

Deno.test("where an old etcd makes the API server refuse streamed lists, an agent lists by pages", async () => {
  // The refusal is an event in a stream that began well.
  await using cluster = await Cluster.create({ etcd: "old" });
  await provePaging(cluster);
});

Deno.test("where streamed lists are switched off, an agent lists by pages", async () => {
  // The refusal is an answer of its own, 422.
  await using cluster = await Cluster.create({ flags: ["--feature-gates=WatchList=false"] });
  await provePaging(cluster);
});

async function provePaging(cluster: Cluster): Promise<void> {
  const { lab, plane } = cluster;
  await plane.kubectl.run(["apply", "-f", "-"], webForClients);
  await createMany(cluster, 1100);
  const last = await lab.addPod("shop/zz-last", { node: "n2" }); // by name, on the last page
  const labels = { role: "client" };
  await createPod(plane.admin, { name: last.name, node: "n2", labels }, last.addresses);

  await using agent = await cluster.startAgent("n1");
  await expectOutcomes(lab, {
    "shop/api -> shop/web": "timeout",
    "shop/zz-last -> shop/web": "open",
  });
  assert.equal(await agent.metric("hedgerow_objects", `kind="pods"`), 4 + 1100 + 1);
  const requests = await plane.requestsOf(agentUser);
  for (const kind of kinds) assertPaged(requests.filter(({ resource }) => resource === kind));
  const pages = requests.filter(({ verb, resource }) => verb === "list" && resource === "pods");
  assert.ok(pages.length >= 3, `${pages.length} pages of 1105 pods`);

  await plane.kubectl.run(["label", "--namespace=shop", "pod", "api", "role=client"]);
  await settle(lab, { "shop/api -> shop/web": "open" });
}

/** A streamed list was asked for in vain, then one by pages, and a watch goes on from there. */
function assertPaged(requests: readonly AuditedRequest[]): void {
  const ways = requests.map(({ verb, query }) => {
    if (query.get("sendInitialEvents") === "true") return "stream";
    if (verb === "list") return query.has("limit") ? "page" : "list";
    return query.has("resourceVersion") ? "watch" : "watch from nowhere";
  });
  const once = ways.filter((way, index) => way !== ways[index - 1]);
  assert.deepEqual(once, ["stream", "page", "watch"], JSON.stringify(requests));
}

/** Creates pods that have addresses and are nowhere. */
async function createMany({ plane: { admin } }: Cluster, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, number) => number).values();
  const work = async (): Promise<void> => {
    for (const number of numbers) {
      const name = `blog/p${number}`;
      await createPod(admin, { name, node: "elsewhere" }, []);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
}
