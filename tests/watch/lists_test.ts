import { deepEqual, equal, match } from "node:assert/strict";
import { nodes } from "../../lib/watch/resources.ts";
import { ApiServer } from "../apiserver/api_server.ts";
import { until } from "../lab/clock.ts";
import { makePod } from "../unit/objects.ts";
import { accessTo, Follower } from "./follower.ts";

function serve(podCount: number): ApiServer {
  const server = new ApiServer();
  for (let i = 0; i < podCount; i++) server.store.put(makePod(`shop/web-${i}`));
  server.start();
  return server;
}

/** What the server was asked for pods, without what every request has. */
function asked({ requests }: ApiServer): readonly string[] {
  return requests.map(({ query }) =>
    [...query].filter(([name]) => !["fieldSelector", "timeoutSeconds"].includes(name))
      .map(([name, value]) => `${name}=${name === "continue" ? "…" : value}`).join("&")
  );
}

const streamed =
  "watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";

Deno.test("a streamed list syncs with one request, and goes on as the watch", async () => {
  await using server = serve(1200);
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  deepEqual(follower.sink.calls, ["replace 1200"]);
  server.store.put(makePod("shop/late"));
  await until("the late pod is there", () => follower.sink.objects.has("shop/late"));
  deepEqual(asked(server), [streamed]);
  equal(follower.status.resourceVersion, `${server.store.version}`);
});

Deno.test("where streamed lists are refused, pages of 500 are taken at once", async () => {
  await using server = serve(1200);
  server.faults.streamedLists = "refuse";
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  deepEqual(follower.sink.calls, ["replace 1200"]);
  const watch = `watch=1&allowWatchBookmarks=true&resourceVersion=${server.store.version}`;
  const pages = ["limit=500", "limit=500&continue=…", "limit=500&continue=…"];
  deepEqual(asked(server), [streamed, ...pages, watch]);
  equal(follower.status.lastError, undefined);
});

Deno.test("where streamed lists are ignored, that is noticed and pages are taken", async () => {
  for (const count of [0, 3]) {
    await using server = serve(count);
    server.faults.streamedLists = "ignore";
    await using follower = await Follower.ofPods(server, { timing: { streamedListMs: 50 } });
    await follower.untilSynced();
    deepEqual(follower.sink.calls, [`replace ${count}`]);
    equal(asked(server)[1], "limit=500");
  }
});

Deno.test("nothing of a list reaches the sink before it is whole", async () => {
  await using server = serve(3);
  server.faults.streamedLists = "ignore"; // objects come, the end of the list does not
  await using follower = await Follower.ofPods(server, { timing: { streamedListMs: 60_000 } });
  await until("objects have come", () => follower.status.lastHeardAt !== undefined);
  deepEqual(follower.sink.calls, []);
  equal(follower.status.isSynced, false);
});

Deno.test("a streamed list that breaks off is followed by pages", async () => {
  await using server = serve(3);
  server.faults.streamedLists = "ignore";
  await using follower = await Follower.ofPods(server, { timing: { streamedListMs: 60_000 } });
  await until("objects have come", () => follower.status.lastHeardAt !== undefined);
  await server.drop();
  await follower.untilSynced();
  deepEqual(follower.sink.calls, ["replace 3"]);
  equal(asked(server)[1], "limit=500");
});

Deno.test("a list whose moment is forgotten between two pages begins anew", async () => {
  await using server = serve(1200);
  server.faults.streamedLists = "refuse";
  const status = { code: 410, reason: "Expired", message: "continue token expired" };
  server.faults.refuse({ ...status, matches: /continue=/ });
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  deepEqual(follower.sink.calls, ["replace 1200"]);
  equal(follower.restarts("expired"), 1);
  equal(asked(server).filter((query) => query === "limit=500").length, 2);
});

Deno.test("pages that change between them show the moment of the first, and the watch the rest", async () => {
  await using server = serve(600);
  server.faults.streamedLists = "refuse";
  server.faults.delayMs = 20;
  await using follower = await Follower.ofPods(server);
  await until("the first page is asked for", () => server.requests.length === 3);
  server.store.delete("pods", "shop/web-1");
  server.store.put(makePod("shop/web-new"));
  await until("the sink agrees with the server", () => {
    const { objects } = server.store.collection("pods");
    return follower.sink.keys.join() === [...objects.keys()].sort().join();
  });
});

Deno.test("a kind without objects is synced too", async () => {
  await using server = serve(0);
  await using follower = await Follower.of(nodes, () => Promise.resolve(accessTo(server.url)));
  await follower.untilSynced();
  deepEqual(follower.sink.calls, ["replace 0"]);
});

Deno.test("an error while listing is told with the server's own words", async () => {
  await using server = serve(1);
  const message = `pods is forbidden: User "agent" cannot list resource "pods"`;
  server.faults.refuse({ code: 403, reason: "Forbidden", message, times: 3 });
  await using follower = await Follower.ofPods(server);
  await until("it was refused", () => follower.restarts("refused") > 0);
  match(`${follower.status.lastError}`, /^Cannot get \/api\/v1\/pods: 403 Forbidden: pods is forb/);
  await follower.untilSynced();
  equal(follower.status.problem, undefined);
});
