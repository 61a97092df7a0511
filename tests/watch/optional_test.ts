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

/** How often the kind has been asked for. */
function looks({ requests }: ApiServer): number {
  return requests.filter(({ path }) => path === clusterNetworkPolicies.path).length;
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
    await until("it was looked for again", () => looks(server) >= 2);
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
  ok(looks(server) <= 6, `${looks(server)} looks`);
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
  server.hide(kind);
  await until("it has said so", () => follower.restarts("refused") >= 3);
  server.install(kind);
  server.store.put(makeClusterPolicy("two"));
  await follower.untilKeys("one", "two");
  deepEqual(follower.sink.calls, ["replace 1", "upsert two"]);
  equal(follower.status.awaySince, undefined);
});

Deno.test("a kind that is served in another version only is not passed over: what is known stays, and it is told", async () => {
  await using server = serve("one");
  await using follower = await follow(server);
  await follower.untilSynced();
  server.move(kind, "policy.networking.k8s.io/v1beta1");
  await until("it was looked for often", () => follower.restarts("other-version") >= 5);
  deepEqual([follower.sink.keys, follower.sink.calls], [["one"], ["replace 1"]]);
  match(
    `${follower.status.problem}`,
    /^Cannot read \S*v1alpha2\/clusternetworkpolicies: the server has the kind in v1beta1 only$/,
  );
  server.move(kind);
  server.store.put(makeClusterPolicy("two"));
  await follower.untilKeys("one", "two");
  equal(follower.status.problem, undefined);
});

Deno.test("whoever begins where a kind is served in another version only is not synced", async () => {
  await using server = serve("one");
  server.move(kind, "policy.networking.k8s.io/v1beta1");
  await using follower = await follow(server);
  await until("it was looked for often", () => follower.restarts("other-version") >= 3);
  deepEqual([follower.status.isSynced, follower.sink.calls], [false, []]);
  server.move(kind);
  await follower.untilKeys("one");
});

Deno.test("what stands before a server and finds no path is not believed that there is no such kind", async () => {
  await using server = serve("one");
  const message = "no such page here";
  server.faults.refuse({ code: 404, reason: "", message, times: 9 });
  await using follower = await follow(server);
  await until("it was refused", () => follower.restarts("refused") >= 4);
  deepEqual([follower.status.isSynced, follower.sink.calls], [false, []]);
  await follower.untilKeys("one");
});

Deno.test("a kind that is not found for a moment, and much later for another, is there all the time", async () => {
  await using server = serve("one");
  const absentMs = 2000;
  await using follower = await follow(server, { absentMs });
  await follower.untilSynced();
  const began = performance.now();
  for (const turn of [1, 2]) {
    server.hide(kind);
    await until("it is said not to be there", () => follower.restarts("refused") >= turn);
    server.install(kind);
    await until("it is followed", () => follower.status.awaySince === undefined);
    await until("the time is over", () => performance.now() - began > absentMs);
  }
  deepEqual(follower.sink.calls, ["replace 1"]);
});

Deno.test("what was amiss in objects of a kind that goes is forgotten with it", async () => {
  await using server = serve();
  const policy = makeClusterPolicy("one");
  server.store.put({ ...policy, spec: { ...policy.spec, tier: "Middle" } });
  await using follower = await follow(server);
  await follower.untilSynced();
  equal(follower.status.issues.length, 1);
  await server.stop();
  server.uninstall(kind);
  server.start();
  await follower.untilKeys();
  deepEqual(follower.status.issues, []);
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
    /403 Forbidden: clusternetworkpolicies\S* is forbidden \(see deploy\/rbac\.yaml: it is needed also/,
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
