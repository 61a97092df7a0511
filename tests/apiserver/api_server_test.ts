import { deepEqual, equal } from "node:assert/strict";
import { parseWatchEvent, type WatchEvent } from "../../lib/watch/watch_event.ts";
import { makeClusterPolicy, makeNamespace, makePod } from "../unit/objects.ts";
import { ApiServer } from "./api_server.ts";
import { generateCluster } from "./generate.ts";
import { conditionsOf } from "./status.ts";
import { ObjectStore } from "./store.ts";

const live = "fieldSelector=status.phase!%3DSucceeded,status.phase!%3DFailed";

/** The first events of a watch, as `TYPE name`, and the version of each. */
async function events(
  server: ApiServer,
  query: string,
  count: number,
): Promise<readonly (readonly [string, string | undefined])[]> {
  const response = await fetch(`${server.url}/api/v1/pods?watch=1&${query}`);
  const found: (readonly [string, string | undefined])[] = [];
  let text = "";
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (text + part).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) found.push(summary(parseWatchEvent(line)));
    if (found.length >= count) break;
  }
  return found;
}

function summary(event: WatchEvent): readonly [string, string | undefined] {
  if (event.type === "ERROR") return [`ERROR ${event.refusal.status}`, undefined];
  if (event.type === "BOOKMARK") return [event.endsList ? "END" : "BOOKMARK", event.version];
  const { name } = event.object.metadata as { name: string };
  return [`${event.type} ${name}`, event.version];
}

Deno.test("a watch tells what happened since its version, seen through its selector", async () => {
  await using server = new ApiServer();
  const { store } = server;
  store.put(makePod("a/x"));
  const from = store.version;
  store.put(makePod("a/y", { phase: "Succeeded" }));
  store.put(makePod("a/x", { labels: { changed: "yes" } }));
  store.put(makePod("a/x", { phase: "Failed" }));
  store.put(makePod("a/y"));
  store.delete("pods", "a/y");
  server.start();
  deepEqual(await events(server, `resourceVersion=${from}&${live}`, 4), [
    ["MODIFIED x", `${from + 2}`],
    ["DELETED x", `${from + 3}`], // it has left the selection
    ["ADDED y", `${from + 4}`],
    ["DELETED y", `${from + 5}`],
  ]);
});

Deno.test("a streamed list ends with its bookmark; without being asked for there is none", async () => {
  await using server = new ApiServer();
  server.store.put(makePod("a/x"));
  server.start();
  const version = `${server.store.version}`;
  const streamed =
    "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  deepEqual(await events(server, streamed, 2), [["ADDED x", version], ["END", version]]);
  deepEqual(await events(server, "", 1), [["ADDED x", version]]);
  const refused = await fetch(`${server.url}/api/v1/pods?watch=1&sendInitialEvents=true`);
  deepEqual([refused.status, (await refused.json()).reason], [422, "Invalid"]);
});

Deno.test("a forgotten version is told as such", async () => {
  await using server = new ApiServer();
  server.store.put(makePod("a/x"));
  server.store.compact();
  server.start();
  deepEqual(await events(server, "resourceVersion=1", 1), [["ERROR 410", undefined]]);
  server.faults.expiry = "status";
  const response = await fetch(`${server.url}/api/v1/pods?watch=1&resourceVersion=1`);
  deepEqual([response.status, (await response.json()).reason], [410, "Expired"]);
});

Deno.test("objects are made, read, listed and deleted by HTTP", async () => {
  await using server = new ApiServer();
  server.start();
  const pods = `${server.url}/api/v1/namespaces/a/pods`;
  const body = JSON.stringify(makePod("a/x"));
  equal((await send(pods, { method: "POST", body })).status, 201);
  equal((await send(`${pods}/x`, { method: "PUT", body })).json.metadata.resourceVersion, "3");
  equal((await send(`${pods}/x`)).json.metadata.name, "x");
  equal((await send(pods)).json.items.length, 1);
  equal((await send(`${server.url}/api/v1/namespaces/b/pods`)).json.items.length, 0);
  equal((await send(`${pods}/x`, { method: "DELETE" })).status, 200);
  equal((await send(`${pods}/x`)).status, 404);
  const namespace = JSON.stringify(makeNamespace("a"));
  await send(`${server.url}/api/v1/namespaces`, { method: "POST", body: namespace });
  equal((await send(`${server.url}/api/v1/namespaces/a`)).json.metadata.name, "a");
});

Deno.test("a status is applied by its managers, each with their conditions; a spec's change is counted", async () => {
  await using server = new ApiServer();
  server.start();
  const spec = (priority: number): object => ({ ...makeClusterPolicy("p").spec, priority });
  server.store.put({ ...makeClusterPolicy("p"), spec: spec(1) });
  const path = `${server.url}/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies/p`;
  const apply = (manager: string, types: readonly string[], more = {}): Promise<number> => {
    const conditions = types.map((type) => ({ type, status: "True", reason: manager }));
    return send(`${path}/status?fieldManager=${manager}&force=true`, {
      method: "PATCH",
      headers: { "content-type": "application/apply-patch+yaml" },
      body: JSON.stringify({ metadata: { name: "p", ...more }, status: { conditions } }),
    }).then(({ status }) => status);
  };
  const read = (): readonly string[] => {
    const object = server.store.collection("clusternetworkpolicies").objects.get("p");
    return conditionsOf(object?.value ?? {}).map(({ type, reason }) => `${reason} ${type}`);
  };
  equal(await apply("a", ["One", "Two"]), 200);
  equal(await apply("b", ["Three", "Two"]), 200);
  deepEqual(read(), ["a One", "b Three", "b Two"]);
  equal(await apply("b", ["Four"]), 200);
  deepEqual(read(), ["a One", "b Four"]);
  const { version } = server.store;
  equal(await apply("b", ["Four"], { resourceVersion: `${version}` }), 200);
  equal(server.store.version, version, "nothing has changed");
  equal(await apply("b", [], { resourceVersion: `${version - 1}` }), 409);
  server.store.put({ ...makeClusterPolicy("p"), spec: spec(2) });
  deepEqual(read(), ["a One", "b Four"]);
  server.store.put({ ...makeClusterPolicy("p"), spec: spec(2) });
  equal((await send(path)).json.metadata.generation, 2);
  server.store.delete("clusternetworkpolicies", "p");
  equal(await apply("a", ["One"]), 404);
});

Deno.test("a generated cluster has pods of 3 to 6 kB, and is the same each time", () => {
  const size = { pods: 50, namespaces: 5, nodes: 3, policies: 4 };
  const [one, two] = [new ObjectStore(), new ObjectStore()].map((store) => {
    for (const object of generateCluster(size)) store.put(object);
    return [...store.collection("pods").objects.values()];
  });
  equal(one?.length, 50);
  deepEqual(one?.map(({ key }) => key), two?.map(({ key }) => key));
  for (const { json } of one ?? []) equal(json.length > 3000 && json.length < 6000, true);
});

async function send(
  url: string,
  init: RequestInit = {},
): Promise<{
  readonly status: number;
  readonly json: {
    metadata: { name: string; resourceVersion: string; generation: number };
    items: unknown[];
  };
}> {
  const response = await fetch(url, init);
  return { status: response.status, json: await response.json() };
}
