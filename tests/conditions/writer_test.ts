import { deepEqual, equal, match, ok } from "node:assert/strict";
import { ApiServer } from "../apiserver/api_server.ts";
import { type ConditionObject, conditionsOf } from "../apiserver/status.ts";
import { delay, until } from "../lab/clock.ts";
import { makeAdminPolicy, makeClusterPolicy } from "../unit/objects.ts";
import { Scribe } from "./scribe.ts";

const cnp = "clusternetworkpolicies";

function serve(...names: readonly string[]): ApiServer {
  const server = new ApiServer();
  for (const name of names) put(server, name);
  server.start();
  return server;
}

/** A policy with a priority of its own, where it does not say otherwise. */
function put({ store }: ApiServer, name: string, spec: object = {}): void {
  const policy = makeClusterPolicy(name);
  const priority = name.charCodeAt(0);
  store.put({ ...policy, spec: { ...policy.spec, priority, ...spec } });
}

function conditions(server: ApiServer, name: string, resource = cnp): readonly ConditionObject[] {
  return conditionsOf(server.store.collection(resource).objects.get(name)?.value ?? {});
}

/** `Accepted=True@1 PriorityConflict=False@1` */
function summary(server: ApiServer, name: string, resource = cnp): string {
  return conditions(server, name, resource).map(({ type, status, observedGeneration }) =>
    `${type}=${status}@${observedGeneration}`
  ).join(" ");
}

async function untilTold(server: ApiServer, name: string, wanted: string): Promise<void> {
  await until(`${name}: ${wanted}`, () => summary(server, name) === wanted);
}

/** What was asked to be written, answered or not. */
function patches({ requests }: ApiServer): readonly string[] {
  return requests.filter(({ method }) => method === "PATCH").map(({ path }) => path);
}

const fine = (generation: number): string =>
  `Accepted=True@${generation} PriorityConflict=False@${generation}`;

Deno.test("CNP-27: conditions are written, follow what users do, and are written once", async () => {
  await using server = serve("a", "b");
  await using scribe = await Scribe.of(server);
  await untilTold(server, "a", fine(1));
  await untilTold(server, "b", fine(1));
  const [before] = conditions(server, "a");
  put(server, "a", { tier: "Middle" });
  await untilTold(server, "a", "Accepted=False@2 PriorityConflict=False@2");
  match(conditions(server, "a")[0]?.message ?? "", /spec\.tier: found "Middle"/);
  put(server, "a");
  await untilTold(server, "a", fine(3));
  put(server, "b", { priority: 97, ingress: [{ action: "Accept", from: [{ namespaces: {} }] }] });
  await untilTold(server, "b", "Accepted=True@2 PriorityConflict=True@2");
  await untilTold(server, "a", "Accepted=True@3 PriorityConflict=True@3");
  server.store.delete(cnp, "b");
  await untilTold(server, "a", fine(3));
  await delay(100);
  deepEqual(scribe.status.problems, []);
  equal(scribe.writes("written"), patches(server).length);
  equal(patches(server).length, 7);
  match(before?.lastTransitionTime ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  deepEqual(scribe.sink.calls.filter((call) => call.startsWith("upsert")), [
    ...["upsert a", "upsert a", "upsert b"],
  ], "a status is no news to who enforces policies");
});

Deno.test("CNP-27: the kinds of v1alpha1 have conditions too", async () => {
  await using server = serve();
  server.store.put(makeAdminPolicy("AdminNetworkPolicy", "old"));
  server.store.put(makeAdminPolicy("BaselineAdminNetworkPolicy", "default"));
  await using _scribe = await Scribe.of(server);
  for (
    const [name, resource] of [
      ["old", "adminnetworkpolicies"],
      ["default", "baselineadminnetworkpolicies"],
    ] as const
  ) await until(`${name} is told`, () => summary(server, name, resource) === fine(1));
});

Deno.test("of many agents one writes, and the others have nothing to do", async () => {
  await using server = serve("a", "b", "c");
  await using stack = new AsyncDisposableStack();
  const scribes = await Promise.all(
    Array.from({ length: 20 }, () => Scribe.of({ url: server.url, timing: { soonMs: 300 } })),
  );
  for (const scribe of scribes) stack.use(scribe);
  for (const name of ["a", "b", "c"]) await untilTold(server, name, fine(1));
  const wrote = (): number => scribes.reduce((sum, one) => sum + one.writes("written"), 0);
  await until("who wrote knows", () => wrote() === 3);
  put(server, "b", { priority: 500 });
  await untilTold(server, "b", fine(2));
  await until("who wrote knows", () => wrote() === 4);
  await delay(700); // until all have looked
  equal(wrote(), 4);
  // Two may have been on their way at the same moment: then the later one was refused.
  const conflicts = scribes.reduce((sum, one) => sum + one.writes("conflict"), 0);
  equal(patches(server).length, 4 + conflicts);
});

Deno.test("others' conditions stay, and so does the time of a status that stays", async () => {
  await using server = serve("a");
  const foreign = { type: "example.com/Ready", status: "Unknown", reason: "Soon", message: "" };
  const applied = server.store.applyStatus(cnp, "a", {
    ...{ manager: "somebody", force: false, conditions: [foreign] },
  });
  ok(!("code" in applied));
  const old = "2026-01-01T00:00:00Z";
  const own = { type: "Accepted", status: "True", reason: "Old", message: "" };
  server.store.applyStatus(cnp, "a", {
    ...{ manager: "hedgerow", force: true, conditions: [{ ...own, lastTransitionTime: old }] },
  });
  await using _scribe = await Scribe.of(server);
  const wanted = `example.com/Ready=Unknown@undefined ${fine(1)}`;
  await untilTold(server, "a", wanted);
  deepEqual(conditions(server, "a")[0], foreign);
  equal(conditions(server, "a")[1]?.lastTransitionTime, old);
  put(server, "a", { tier: "Middle" });
  await untilTold(server, "a", wanted.replace("True@1", "False@2").replace("False@1", "False@2"));
  ok((conditions(server, "a")[1]?.lastTransitionTime ?? "") > old);
});

Deno.test("a server that does not let us write is told so once, and is written to once it does", async () => {
  await using server = serve("a", "b");
  const message = `${cnp} "a" is forbidden: User "u" cannot patch resource "${cnp}/status"`;
  const forbidden = { code: 403, reason: "Forbidden", message, matches: /\/status/ };
  server.faults.refuse({ ...forbidden, times: 4 });
  await using scribe = await Scribe.of(server);
  await scribe.until("forbidden", 2);
  deepEqual(scribe.status.problems, [
    "the server forbids it: patch of the status of every ClusterNetworkPolicy must be granted " +
    "(deploy/rbac-write-status.yaml)",
  ]);
  put(server, "c");
  await until("policies come all the same", () => scribe.sink.keys.includes("c"));
  for (const name of ["a", "b", "c"]) await untilTold(server, name, fine(1));
  await until("all is well", () => scribe.status.problems.length === 0);
  equal(scribe.writes("forbidden"), 4);
});

/** So long that nothing is tried again while a test runs. */
const never = [1e9, 1e9] as const;

Deno.test("that one kind may not be written to does not keep the others waiting", async () => {
  await using server = serve();
  const message = `adminnetworkpolicies "x" is forbidden: User "u" cannot patch it`;
  const matches = /\/adminnetworkpolicies\/.*\/status/;
  server.faults.refuse({ code: 403, reason: "Forbidden", message, matches, times: 1e9 });
  for (const name of ["x", "y"]) server.store.put(makeAdminPolicy("AdminNetworkPolicy", name));
  await using scribe = await Scribe.of({ url: server.url, timing: { mendMs: never } });
  await scribe.until("forbidden");
  put(server, "a");
  await untilTold(server, "a", fine(1));
  equal(scribe.writes("forbidden"), 1);
  match(scribe.status.problems.join("\n"), /^the server forbids it: .* every AdminNetworkPolicy /);
});

Deno.test("that something breaks at one policy does not keep the others waiting", async () => {
  await using server = serve("a");
  const message = `failed calling webhook "w": connect: connection refused`;
  const matches = /\/a\/status/;
  server.faults.refuse({ code: 500, reason: "InternalError", message, matches, times: 1e9 });
  const timing = { mendMs: never, unavailableMs: never };
  await using scribe = await Scribe.of({ url: server.url, timing });
  await scribe.until("failed");
  put(server, "b");
  await untilTold(server, "b", fine(1));
  match(scribe.status.problems.join("\n"), /^cnp:a: .*: 500 InternalError: failed calling webhook/);
});

Deno.test("that somebody was faster is no problem, however often", async () => {
  await using server = serve("a");
  const conflict = { code: 409, reason: "Conflict", message: "the object has been modified" };
  server.faults.refuse({ ...conflict, matches: /\/status/, times: 1e9 });
  await using scribe = await Scribe.of(server);
  await scribe.until("conflict", 2);
  deepEqual(scribe.status.problems, []);
});

Deno.test("that a policy has gone before its conditions were written is no problem", async () => {
  await using server = serve("a");
  await using scribe = await Scribe.of({ url: server.url, timing: { soonMs: 500 } });
  await until("it is known", () => scribe.sink.keys.includes("a"));
  for (const watch of server.watches(cnp)) watch.freeze(true); // as what a watch tells takes a moment
  server.store.delete(cnp, "a");
  await scribe.until("gone");
  deepEqual(scribe.status.problems, []);
});

Deno.test("a server that is away or has too much to do is waited for, as long as it asks", async () => {
  await using server = serve("a");
  await using scribe = await Scribe.of({ url: server.url, timing: { soonMs: 50 } });
  const busy = { reason: "TooManyRequests", message: "slow down", matches: /\/status/ };
  server.faults.refuse({ code: 429, ...busy, retryAfterSeconds: 1 });
  await scribe.until("unavailable");
  const refusedAt = performance.now();
  deepEqual(scribe.status.problems, ["the server says 429 TooManyRequests"]);
  await untilTold(server, "a", fine(1));
  ok(performance.now() - refusedAt > 900, "not a matter of speed: sooner would be wrong");
  await until("all is well", () => scribe.status.problems.length === 0);

  put(server, "b");
  await until("it is known", () => scribe.sink.keys.includes("b"));
  await server.stop();
  await scribe.until("unavailable", 3);
  match(scribe.status.problems.join("\n"), /^Cannot reach http:\/\/127.0.0.1:\d+: .*refused.*$/);
  server.start();
  await untilTold(server, "b", fine(1));
  await until("all is well again", () => scribe.status.problems.length === 0);
});

Deno.test("a server that does not answer is given up, and asked by another connection", async () => {
  await using server = serve("a");
  await using scribe = await Scribe.of({ url: server.url, timing: { answerMs: 50 } });
  await untilTold(server, "a", fine(1));
  equal(scribe.generation, 0);
  server.faults.delays = /\/status/;
  server.faults.delayMs = 60_000;
  put(server, "a", { priority: 1 });
  await scribe.until("unavailable", 2);
  ok(scribe.generation >= 2, "another one each time");
  deepEqual(scribe.status.problems, ["the server does not answer"]);
  server.faults.delayMs = 0;
  await untilTold(server, "a", fine(2));
});

Deno.test("what the server takes from nobody is tried again late, and is told by its name", async () => {
  await using server = serve("a", "b");
  const invalid = { code: 422, reason: "Invalid", message: "status.conditions: Too many" };
  server.faults.refuse({ ...invalid, matches: /\/a\/status/ });
  await using scribe = await Scribe.of({ url: server.url, timing: { lateMs: 200 } });
  await scribe.until("refused");
  await untilTold(server, "b", fine(1));
  deepEqual(scribe.status.problems, [
    `cnp:a: Cannot patch /apis/policy.networking.k8s.io/v1alpha2/${cnp}/a/status: 422 Invalid: ` +
    "status.conditions: Too many",
  ]);
  await untilTold(server, "a", fine(1));
  await until("all is well", () => scribe.status.problems.length === 0);
});

Deno.test("who meets an agent of another mind does not fight it", async () => {
  await using server = serve("a");
  await using scribe = await Scribe.of({ url: server.url, timing: { lateMs: 400 } });
  await scribe.until("written");
  const other = conditions(server, "a").map((one) => ({ ...one, message: "another version" }));
  for (let i = 0; i < 3; i++) {
    const written = scribe.writes("written");
    const meddledAt = performance.now();
    server.store.applyStatus(cnp, "a", { manager: "hedgerow", force: true, conditions: other });
    await scribe.until("written", written + 1);
    ok(performance.now() - meddledAt >= 395, "never before its time");
  }
  equal(patches(server).length, 4);
});
