import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Pod } from "../../lib/model/cluster.ts";
import { ApiServer } from "../apiserver/api_server.ts";
import { Relay } from "../apiserver/relay.ts";
import { Authority } from "../cluster/authority.ts";
import { until } from "../lab/clock.ts";
import { makePod } from "../unit/objects.ts";
import { accessTo, Follower } from "./follower.ts";

function serve(): ApiServer {
  const server = new ApiServer();
  server.store.put(makePod("shop/web"));
  server.start();
  return server;
}

/** Proves that the follower still follows: by an event that it can only have by a watch. */
async function proveAlive(follower: Follower<Pod>, server: ApiServer): Promise<void> {
  const name = `proof-${server.store.version}`;
  server.store.put(makePod(`shop/${name}`));
  await until(`${name} is there`, () => follower.sink.objects.has(`shop/${name}`));
}

Deno.test("dropped connections are taken up again, and what was missed is told", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  for (let i = 0; i < 3; i++) {
    await server.stop();
    server.store.put(makePod(`shop/missed-${i}`));
    server.start();
    await until("what was missed is there", () => follower.sink.objects.has(`shop/missed-${i}`));
  }
  equal(follower.status.lists, 1);
  ok(follower.restarts("cut") + follower.restarts("unreachable") >= 3);
  equal(follower.status.problem, undefined);
});

Deno.test("a watch that goes silent is ended and taken up again", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server, { timing: { silenceMs: 100 } });
  await follower.untilSynced();
  for (const watch of server.watches()) watch.freeze(true);
  server.store.put(makePod("shop/unheard"));
  await follower.untilKeys("shop/unheard", "shop/web");
  ok(follower.restarts("silent") >= 1);
  equal(follower.status.lists, 1);
});

Deno.test("a watch that bookmarks keep awake is left alone", async () => {
  await using server = new ApiServer({ bookmarkMs: 20 });
  server.start();
  await using follower = await Follower.ofPods(server, { timing: { silenceMs: 1000 } });
  await follower.untilSynced();
  const began = performance.now();
  await until("it has been quiet for long", () => performance.now() - began > 2200);
  equal(follower.status.watches, 1);
});

Deno.test("a connection that died without a word is not used again, by HTTP/2 neither", async () => {
  const authority = await Authority.create();
  await using server = new ApiServer({ tls: await authority.issueServing(["127.0.0.1"]) });
  server.start();
  await using relay = new Relay(server.port);
  const access = accessTo(`https://127.0.0.1:${relay.port}`);
  const tls = { ...access.tls, authorities: authority.certificate };
  await using follower = await Follower.ofPods(server, {
    load: () => Promise.resolve({ ...access, tls }),
    timing: { silenceMs: 150, answerMs: 1000 },
  });
  await follower.untilSynced();
  const before = relay.accepted;
  relay.freeze();
  server.store.put(makePod("shop/web"));
  await follower.untilKeys("shop/web");
  ok(relay.accepted > before);
  equal(follower.status.lists, 1);
});

Deno.test("a line that is cut in half is discarded, and told again", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  const half = server.store.put(makePod("shop/web", { labels: { app: "web" } }));
  for (const watch of server.watches()) watch.end(half);
  await proveAlive(follower, server);
  equal(follower.sink.objects.get("shop/web")?.labels.app, "web");
  equal(follower.status.parseErrors, 0);
  equal(follower.status.lists, 1);
});

Deno.test("a line that is no JSON is counted, and the watch resumes from before it", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  for (const garbage of ["<html>", "{}", `{"type":"ODD","object":{}}`, `{"type":"ADDED"}`]) {
    const count = follower.status.parseErrors;
    server.watches("pods")[0]?.sendText(`${garbage}\n`);
    await until("it is counted", () => follower.status.parseErrors === count + 1);
    await proveAlive(follower, server);
  }
  equal(follower.restarts("garbled"), 4);
  equal(follower.status.lists, 1);
});

Deno.test("nonsense over and over ends in a new list", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  await until("there is a new list", () => {
    for (const watch of server.watches()) if (follower.status.lists === 1) watch.sendText("?\n");
    return follower.status.lists > 1;
  });
  await proveAlive(follower, server);
  match(`${follower.status.lastError}`, /found 1 characters that are no JSON/);
});

for (const expiry of ["event", "status"] as const) {
  Deno.test(`a history that is forgotten, told by ${expiry}, is made up for by a list`, async () => {
    await using server = serve();
    server.store.put(makePod("shop/doomed"));
    server.faults.expiry = expiry;
    await using follower = await Follower.ofPods(server);
    await follower.untilSynced();
    await server.stop();
    server.store.delete("pods", "shop/doomed");
    server.store.put(makePod("shop/new"));
    server.store.compact();
    server.start();
    await follower.untilKeys("shop/new", "shop/web");
    deepEqual(follower.sink.calls, ["replace 2", "replace 2"]);
    equal(follower.restarts("expired"), 1);
    equal(follower.status.relists, 1);
    await proveAlive(follower, server);
  });
}

Deno.test("410 in the middle of a watch leads to a list, by its reason too", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server);
  for (const [code, reason] of [[410, "Gone"], [0, "Expired"], [410, ""]] as const) {
    await follower.untilSynced();
    const { lists } = follower.status;
    server.watches("pods")[0]?.error({ code, reason, message: "too old" });
    await until("there is a list", () => follower.status.lists === lists + 1);
  }
  await proveAlive(follower, server);
});

Deno.test("other ERROR events are waited out: the watch resumes where it was", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  server.watches("pods")[0]?.error({ code: 500, reason: "InternalError", message: "etcd" });
  await proveAlive(follower, server);
  equal(follower.restarts("refused"), 1);
  equal(follower.status.lists, 1);
  match(`${follower.status.lastError}`, /500 InternalError: etcd/);
});

Deno.test("429 is answered with the wait that was asked for", async () => {
  await using server = serve();
  const status = { code: 429, reason: "TooManyRequests", message: "slow down" };
  server.faults.refuse({ ...status, retryAfterSeconds: 1 });
  const began = performance.now();
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  // Not a matter of speed: sooner than asked would be wrong on any machine.
  ok(performance.now() - began >= 1000);
  equal(server.requests.length, 2);
});

Deno.test("a server that always refuses is asked with growing waits, never in a rush", async () => {
  await using server = serve();
  server.faults.refuse({ code: 503, reason: "", message: "starting", times: 1e9 });
  const timing = { minBackoffMs: 20, maxBackoffMs: 10_000 };
  await using follower = await Follower.ofPods(server, { timing });
  await until("it was refused some times", () => follower.restarts("refused") >= 4);
  const began = performance.now();
  await until("a while has passed", () => performance.now() - began > 300);
  ok(server.requests.length < 10, `${server.requests.length} requests`);
});

Deno.test("a server that ends every watch at once is not asked in a rush", async () => {
  await using server = serve();
  await using follower = await Follower.ofPods(server, { timing: { minBackoffMs: 50 } });
  await follower.untilSynced();
  const began = performance.now();
  const ending = setInterval(() => server.watches().forEach((watch) => watch.end()), 1);
  await until("a while has passed", () => performance.now() - began > 500);
  clearInterval(ending);
  ok(follower.status.watches < 30, `${follower.status.watches} watches`);
  await proveAlive(follower, server);
});

Deno.test("a sink that throws is a programmer's error, and ends the run", async () => {
  await using server = serve();
  const follower = await Follower.ofPods(server);
  await follower.untilSynced();
  follower.sink.upsert = () => {
    throw new TypeError("a bug");
  };
  server.store.put(makePod("shop/new"));
  match(`${await follower.failed()}`, /TypeError: a bug/);
});
