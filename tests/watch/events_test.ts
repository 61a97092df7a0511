import { deepEqual, equal, match } from "node:assert/strict";
import {
  adminNetworkPolicies,
  baselineAdminNetworkPolicies,
  clusterNetworkPolicies,
  namespaces,
  nodes,
  policies,
  type Resource,
} from "../../lib/watch/resources.ts";
import type { Identified } from "../../lib/watch/known.ts";
import { ApiServer } from "../apiserver/api_server.ts";
import { until } from "../lab/clock.ts";
import {
  makeAdminPolicy,
  makeClusterPolicy,
  makeNamespace,
  makeNode,
  makePod,
  makePolicy,
} from "../unit/objects.ts";
import { accessTo, Follower } from "./follower.ts";

function serve(): ApiServer {
  const server = new ApiServer();
  server.store.put(makePod("shop/web"));
  server.start();
  return server;
}

Deno.test("what is created, changed and deleted reaches the sink in its order", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  server.store.put(makePod("shop/db"));
  server.store.put(makePod("shop/web", { labels: { app: "web" } }));
  server.store.delete("pods", "shop/db");
  await follower.untilKeys("shop/web");
  const events = ["upsert shop/db", "upsert shop/web", "remove shop/db"];
  await until("all is told", () => follower.sink.calls.length === 4);
  deepEqual(follower.sink.calls, ["replace 1", ...events]);
  deepEqual(follower.sink.objects.get("shop/web")?.labels, { app: "web" });
});

Deno.test("every kind is followed where the API has it", async () => {
  await using server = serve();
  server.store.put(makeNamespace("shop", { team: "a" }));
  server.store.put(makeNode("node-1"));
  server.store.put(makePolicy("shop/deny"));
  server.store.put(makeClusterPolicy("first"));
  server.store.put(makeAdminPolicy("AdminNetworkPolicy", "old"));
  server.store.put(makeAdminPolicy("BaselineAdminNetworkPolicy", "default"));
  const wanted: readonly [Resource<Identified>, string][] = [
    [namespaces, "shop"],
    [nodes, "node-1"],
    [policies, "shop/deny"],
    [clusterNetworkPolicies, "first"],
    [adminNetworkPolicies, "old"],
    [baselineAdminNetworkPolicies, "default"],
  ];
  for (const [resource, key] of wanted) {
    await using follower = await Follower.of(resource, () => Promise.resolve(accessTo(server.url)));
    await follower.untilKeys(key);
  }
});

Deno.test("a pod that has ended is not listed, and is gone when it ends (NP-53)", async () => {
  await using server = serve();
  server.store.put(makePod("shop/done", { phase: "Succeeded" }));
  server.store.put(makePod("shop/dead", { phase: "Failed" }));
  server.store.put(makePod("shop/job", { phase: "Running" }));
  await using follower = await Follower.ofPods(server);
  await follower.untilKeys("shop/job", "shop/web");
  server.store.put(makePod("shop/job", { phase: "Succeeded" }));
  await follower.untilKeys("shop/web");
  equal(follower.sink.calls.at(-1), "remove shop/job");
});

Deno.test("an object recreated under its name with another UID is removed first", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  server.store.put(makePod("shop/web", { uid: "another" }));
  await until("it is told", () => follower.sink.calls.length === 3);
  deepEqual(follower.sink.calls, ["replace 1", "remove shop/web", "upsert shop/web"]);
  equal(follower.sink.objects.get("shop/web")?.uid, "another");
});

Deno.test("bookmarks move the version on, and resuming from there repeats nothing", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  server.store.advance(100); // other kinds change
  server.watches("pods")[0]?.bookmark();
  await until(
    "the bookmark is seen",
    () => follower.status.resourceVersion === `${server.store.version}`,
  );
  server.store.compact();
  server.watches("pods")[0]?.end();
  await until("there is another watch", () => server.requests.length >= 3);
  server.store.put(makePod("shop/db"));
  await follower.untilKeys("shop/db", "shop/web");
  equal(follower.status.lists, 1);
});

Deno.test("a watch whose time is over is begun anew from where it was, without a list", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server, { timing: { watchSeconds: 1 } });
  await follower.untilSynced();
  server.store.put(makePod("shop/db"));
  await until("its time is over", () => follower.restarts("timeout") === 1, { timeoutMs: 10_000 });
  await follower.untilSynced();
  server.store.put(makePod("shop/api"));
  await follower.untilKeys("shop/api", "shop/db", "shop/web");
  equal(follower.status.lists, 1);
  const kinds = server.requests.map(({ query }) => query.has("watch") ? "watch" : "list");
  deepEqual(kinds, ["watch", "watch"]); // in due time there is nothing to doubt
});

Deno.test("an object that does not decode is reported, and nothing else suffers", async () => {
  await using server = serve();
  const bad = makePod("shop/bad");
  server.store.put({ ...bad, ...{ status: { podIPs: [{ ip: "not an address" }] } } });
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  const [issue, ...more] = follower.status.issues;
  match(`${issue}`, /^Pod shop\/bad: status\.podIPs\[0\]\.ip: found "not an address"/);
  deepEqual(more, []);
  equal(follower.sink.objects.get("shop/bad")?.broken, true);
  server.store.put(makePod("shop/late"));
  await follower.untilKeys("shop/bad", "shop/late", "shop/web");
  server.store.put(bad);
  await until("the issue is gone", () => follower.status.issues.length === 0);
  server.store.put({ ...bad, ...{ spec: { nodeName: 7 } } });
  await until("there is another", () => follower.status.issues.length === 1);
  server.store.delete("pods", "shop/bad");
  await until("it went with its object", () => follower.status.issues.length === 0);
  equal(follower.status.parseErrors, 0);
});

Deno.test("an object without a name is reported; there is nothing to tell the sink", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  const version = `${server.store.version + 1}`;
  const object = { metadata: { resourceVersion: version } };
  server.watches("pods")[0]?.sendText(`${JSON.stringify({ type: "ADDED", object })}\n`);
  await until("it was taken", () => follower.status.resourceVersion === version);
  match(`${follower.status.issues[0]}`, /^Pod: metadata\.name: found nothing/);
  deepEqual(follower.sink.calls, ["replace 1"]);
});
