import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { ApiServer } from "../apiserver/api_server.ts";
import { ObjectStore } from "../apiserver/store.ts";
import { until } from "../lab/clock.ts";
import { makePod } from "../unit/objects.ts";
import { accessTo, Follower } from "./follower.ts";

function serve(...names: readonly string[]): ApiServer {
  const server = new ApiServer();
  for (const name of names) server.store.put(makePod(name));
  server.start();
  return server;
}

Deno.test("a server that is away at the start is waited for", async () => {
  await using server = serve("shop/web");
  const { url } = server;
  await server.stop();
  await using follower = await Follower.ofPods(server, {
    load: () => Promise.resolve(accessTo(url)),
  });
  await until("it was tried some times", () => follower.restarts("unreachable") >= 3);
  equal(follower.status.isSynced, false);
  ok(follower.status.awaySince !== undefined);
  match(`${follower.status.problem}`, /^Cannot reach http:\/\/127\.0\.0\.1:\d+: .*refused/i);
  deepEqual(follower.sink.calls, []);
  server.start();
  await follower.untilKeys("shop/web");
  await follower.untilSynced();
  equal(follower.status.awaySince, undefined);
});

Deno.test("while the server is away what is known stays, and how old it is can be told", async () => {
  await using server = serve("shop/web", "shop/db");
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  await server.stop();
  await until("it was tried some times", () => follower.restarts("unreachable") >= 5);
  deepEqual(follower.sink.keys, ["shop/db", "shop/web"]);
  deepEqual(follower.sink.calls, ["replace 2"]);
  const { awaySince, lastHeardAt, isConnected, isSynced } = follower.status;
  ok(awaySince !== undefined && lastHeardAt !== undefined && awaySince >= lastHeardAt);
  deepEqual({ isConnected, isSynced }, { isConnected: false, isSynced: true });
  server.store.put(makePod("shop/api"));
  server.start();
  await follower.untilKeys("shop/api", "shop/db", "shop/web");
  equal(follower.status.awaySince, undefined);
  equal(follower.status.lists, 1);
});

Deno.test("a server that comes back empty-handed with a new history is believed", async () => {
  await using server = serve("shop/web", "shop/db");
  server.store.advance(1000);
  server.store.put(makePod("shop/api"));
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  await server.stop();
  await until("it was tried some times", () => follower.restarts("unreachable") >= 2);
  server.store = new ObjectStore();
  server.start();
  await follower.untilKeys();
  equal(follower.restarts("other-history"), 1);
  server.store.put(makePod("shop/new"));
  await follower.untilKeys("shop/new");
});

Deno.test("a new history that has overtaken ours is noticed where ours is not remembered", async () => {
  await using server = serve("shop/web");
  await using follower = await Follower.ofPods(server);
  await follower.untilSynced();
  await server.stop();
  server.store = new ObjectStore({ version: 500 });
  server.store.put(makePod("shop/other"));
  server.start();
  await follower.untilKeys("shop/other");
  equal(follower.restarts("expired"), 1);
});

Deno.test("after a long absence a list is taken, as a new history may have come to pass ours", async () => {
  await using server = serve("shop/web");
  await using follower = await Follower.ofPods(server, { timing: { maxAbsenceMs: 30 } });
  await follower.untilSynced();
  const { version } = server.store;
  await server.stop();
  const began = performance.now();
  await until("it is long", () => {
    return follower.restarts("unreachable") > 1 && performance.now() - began > 100;
  });
  server.store = new ObjectStore({ version: version - 1 });
  server.store.put(makePod("shop/other"));
  equal(server.store.version, version); // nothing in its answers tells it from the one before
  server.start();
  await follower.untilKeys("shop/other");
  equal(follower.status.relists, 1);
});

Deno.test("a new history is noticed too where all there ever was is silence", async () => {
  await using server = serve("shop/web");
  server.store.advance(1000);
  await using follower = await Follower.ofPods(server, { timing: { silenceMs: 100 } });
  await follower.untilSynced();
  server.watches("pods")[0]?.bookmark();
  await until("we are far", () => follower.status.resourceVersion === `${server.store.version}`);
  for (const watch of server.watches()) watch.freeze(true); // no end that could be seen
  server.store = new ObjectStore();
  server.store.put(makePod("shop/restored"));
  await follower.untilKeys("shop/restored");
});

Deno.test("deletes that were missed during a gap are made up for, by a list too", async () => {
  for (const isForgotten of [false, true]) {
    await using server = serve("shop/web", "shop/db", "shop/api");
    await using follower = await Follower.ofPods(server);
    await follower.untilSynced();
    await server.stop();
    server.store.delete("pods", "shop/db");
    if (isForgotten) server.store.compact();
    server.start();
    await follower.untilKeys("shop/api", "shop/web");
    equal(follower.status.objects, 2);
    equal(follower.status.relists, isForgotten ? 1 : 0);
  }
});

Deno.test("an object deleted and made again during a gap is the new one", async () => {
  for (const isForgotten of [false, true]) {
    await using server = serve("shop/web");
    await using follower = await Follower.ofPods(server);
    await follower.untilSynced();
    const uid = follower.sink.objects.get("shop/web")?.uid;
    await server.stop();
    server.store.delete("pods", "shop/web");
    server.store.put(makePod("shop/web", { uid: "reborn", ips: ["10.0.0.9"] }));
    if (isForgotten) server.store.compact();
    server.start();
    await until("it is the new one", () => follower.sink.objects.get("shop/web")?.uid === "reborn");
    notEqual(uid, "reborn");
    deepEqual(follower.sink.objects.get("shop/web")?.addresses, ["10.0.0.9"]);
  }
});
