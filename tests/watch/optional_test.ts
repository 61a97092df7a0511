import { configure, type LogRecord, reset } from "@logtape/logtape";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ClusterNetworkPolicy } from "../../lib/model/cluster_network_policy.ts";
import type { Access } from "../../lib/watch/access.ts";
import type { ReflectorTiming } from "../../lib/watch/reflector_options.ts";
import { clusterNetworkPolicies } from "../../lib/watch/resources.ts";
import { ApiServer } from "../apiserver/api_server.ts";
import { until } from "../lab/clock.ts";
import { makeClusterPolicy } from "../unit/objects.ts";
import { accessTo, Follower } from "./follower.ts";

const kind = clusterNetworkPolicies.name;

function serve(...names: readonly string[]): ApiServer {
  const server = new ApiServer();
  for (const name of names) server.store.put(makeClusterPolicy(name));
  server.start();
  return server;
}

function follow(
  { url }: ApiServer,
  timing: Partial<ReflectorTiming> = {},
): Promise<Follower<ClusterNetworkPolicy>> {
  const load = (): Promise<Access> => Promise.resolve(accessTo(url));
  return Follower.of(clusterNetworkPolicies, load, { absentMs: 40, ...timing });
}

/** What is logged while something runs, beside debugging. */
async function logged(run: () => Promise<void>): Promise<readonly string[]> {
  const records: LogRecord[] = [];
  await configure({
    sinks: { records: (record) => void records.push(record) },
    loggers: [
      { category: "hedgerow", lowestLevel: "info", sinks: ["records"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["records"] },
    ],
  });
  try {
    await run();
  } finally {
    await reset();
  }
  return records.map(({ level, message }) => `${level}: ${message.join("")}`);
}

Deno.test("a kind that is not installed is synced and empty, and nothing is amiss", async () => {
  const lines = await logged(async () => {
    await using server = serve();
    server.uninstall(kind);
    await using follower = await follow(server);
    await until("it is synced", () => follower.status.isSynced);
    await until("it was looked for again", () => server.requests.length >= 4);
    deepEqual(follower.sink.calls, ["replace 0"]);
    const { awaySince, problem, lastError, restarts, objects, issues } = follower.status;
    deepEqual([awaySince, problem, lastError, objects, issues], [
      ...[undefined, undefined, undefined, 0, []],
    ]);
    equal(restarts.size, 0);
  });
  deepEqual(lines, []);
});

Deno.test("a kind that is not installed is looked for once in its time, and not in a rush", async () => {
  await using server = serve();
  server.uninstall(kind);
  await using follower = await follow(server, { absentMs: 200 });
  await until("it is synced", () => follower.status.isSynced);
  const began = performance.now();
  await until("a while has passed", () => performance.now() - began > 700);
  ok(server.requests.length <= 6, `${server.requests.length} requests`);
});

Deno.test("a kind that is installed later is picked up, and followed", async () => {
  await using server = serve();
  server.uninstall(kind);
  await using follower = await follow(server);
  await until("it is synced", () => follower.status.isSynced);
  server.install(kind);
  server.store.put(makeClusterPolicy("one"));
  await follower.untilKeys("one");
  server.store.put(makeClusterPolicy("two"));
  await follower.untilKeys("one", "two");
  server.store.delete(kind, "one");
  await follower.untilKeys("two");
  equal(follower.status.problem, undefined);
});

Deno.test("a kind that goes takes its objects with it, and comes again with others", async () => {
  await using server = serve("one", "two");
  await using follower = await follow(server);
  for (const name of ["three", "four"]) {
    await follower.untilSynced();
    server.uninstall(kind);
    await follower.untilKeys();
    ok(follower.sink.calls.at(-1)?.startsWith("remove"), "told one by one, as it was");
    await until("it is known to be gone", () => follower.status.resourceVersion === undefined);
    const { isSynced, awaySince, problem } = follower.status;
    deepEqual([isSynced, awaySince, problem], [true, undefined, undefined]);
    server.install(kind);
    server.store.put(makeClusterPolicy(name));
    await follower.untilKeys(name);
  }
});

Deno.test("a kind that is gone when a server that was away comes back is dropped, if not at once", async () => {
  await using server = serve("one", "two");
  await using follower = await follow(server, { absentMs: 300 });
  await follower.untilSynced();
  await server.stop();
  server.uninstall(kind);
  server.start();
  await until("it is said to be gone", () => follower.restarts("refused") > 0);
  match(`${follower.status.problem}`, /^Cannot get \S+: 404: 404 page not found$/);
  deepEqual(follower.sink.keys, ["one", "two"]);
  await follower.untilKeys();
  deepEqual([follower.status.isSynced, follower.status.awaySince], [true, undefined]);
  deepEqual(follower.sink.calls, ["replace 2", "replace 0"]);
});

Deno.test("objects that are known outlast a server that does not know their kind yet", async () => {
  await using server = serve("one");
  await using follower = await follow(server, { absentMs: 60_000 });
  await follower.untilSynced();
  const message = "the server could not find the requested resource";
  server.faults.refuse({ code: 404, reason: "NotFound", message, times: 4 });
  await server.drop();
  await until("it has said so", () => follower.restarts("refused") >= 3);
  server.store.put(makeClusterPolicy("two"));
  await follower.untilKeys("one", "two");
  deepEqual(follower.sink.calls, ["replace 1", "upsert two"]);
  equal(follower.status.awaySince, undefined);
});

Deno.test("what may not be read may be there: it is not synced before the right is granted", async () => {
  await using server = serve("one");
  const message = `${kind}.policy.networking.k8s.io is forbidden`;
  server.faults.refuse({ code: 403, reason: "Forbidden", message, times: 5 });
  await using follower = await follow(server);
  await until("it was refused", () => follower.restarts("refused") >= 2);
  deepEqual([follower.status.isSynced, follower.sink.calls], [false, []]);
  match(
    `${follower.status.problem}`,
    /403 Forbidden: clusternetworkpolicies\S* is forbidden \(list and watch must be granted also/,
  );
  await follower.untilKeys("one");
  equal(follower.status.problem, undefined);
});

Deno.test("a kind that every server has is waited for where it is not found", async () => {
  await using server = serve();
  server.uninstall("pods");
  await using follower = await Follower.ofPods(server, { timing: { absentMs: 10 } });
  await until("it was refused", () => follower.restarts("refused") >= 3);
  deepEqual([follower.status.isSynced, follower.sink.calls], [false, []]);
  server.install("pods");
  await follower.untilSynced();
});
