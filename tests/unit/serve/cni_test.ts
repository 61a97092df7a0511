import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { ClusterStore } from "../../../lib/cluster/store.ts";
import type { Endpoint } from "../../../lib/model/endpoint.ts";
import type { Pod } from "../../../lib/model/cluster.ts";
import { Sandboxes } from "../../../lib/serve/sandboxes.ts";
import { podRecord } from "../records.ts";
import { address, CniNode, requestOf } from "./cni_node.ts";

Deno.test("add answers when the pass that brings the pod's addresses is in the kernel", async () => {
  await using node = await CniNode.start();
  const pod = podRecord("web");
  const owners: (Pod | undefined)[] = [];
  node.enforce(() => owners.push(node.store.owners.get(address)));
  const adding = node.ask("/v1/cni/add", requestOf("web"));
  node.sync();
  node.store.sinks.pods.upsert(pod, 1); // the watch brings it while the plugin waits
  const [status, { enforced, ms }] = await adding;
  deepEqual([status, enforced, typeof ms], [200, true, "number"]);
  equal(owners.at(-1), pod);
  deepEqual(node.added, [true]);
});

Deno.test("a pod that the watch does not bring, or brings for another node, is asked for again", async () => {
  await using node = await CniNode.start();
  node.enforce();
  const [early, { retryable, error }] = await node.ask("/v1/cni/add", requestOf("web"));
  deepEqual([early, retryable], [503, true]);
  match(String(error), /shop\/web with uid uid-of-web: the agent has not synced yet/);
  node.sync(podRecord("web", { uid: "another" }), podRecord("far", { nodeName: "there" }));
  const answers = await Promise.all(["web", "far"].map((name) => {
    return node.ask("/v1/cni/add", requestOf(name));
  }));
  deepEqual(answers.map(([status, { retryable }]) => [status, retryable]), [[503, true], [
    503,
    true,
  ]]);
  match(String(answers[0]?.[1].error), /shop\/web with uid uid-of-web: the API has none/);
  match(String(answers[1]?.[1].error), /is on node "there", and this is "here": see --node-name/);
  deepEqual(await node.file, [], "who was refused has not been here");
});

Deno.test("a repeated add answers at once, also of the next agent; del of an unknown one succeeds", async () => {
  await using node = await CniNode.start();
  node.enforce();
  node.sync(podRecord("web"));
  equal((await node.ask("/v1/cni/add", requestOf("web")))[0], 200);
  equal((await node.ask("/v1/cni/add", requestOf("web")))[0], 200);
  await node.restart();
  equal((await node.ask("/v1/cni/add", requestOf("web")))[0], 200);
  equal((await node.ask("/v1/cni/check", requestOf("web")))[0], 200);
  const name = { containerID: "sandbox-of-web", ifName: "eth0" };
  for (let i = 0; i < 2; i++) deepEqual(await node.ask("/v1/cni/del", name), [200, {}]);
  equal(node.store.owners.size, 0);
  deepEqual(await node.file, []);
});

Deno.test("check tells what is otherwise than the runtime believes", async () => {
  await using node = await CniNode.start();
  node.enforce();
  node.sync(podRecord("web"));
  const rows: readonly (readonly [unknown, RegExp])[] = [
    [requestOf("db"), /sandbox-of-db\/eth0: found none/],
    [
      requestOf("web", { ips: ["10.0.0.2"] }),
      /found pod shop\/web with 10.0.0.1, expected shop\/web with 10.0.0.2/,
    ],
  ];
  await node.ask("/v1/cni/add", requestOf("web"));
  for (const [request, message] of rows) {
    const [status, { error, retryable }] = await node.ask("/v1/cni/check", request);
    deepEqual([status, retryable], [409, false]);
    match(String(error), message);
  }
  node.sync(podRecord("web"), podRecord("thief"));
  await node.ask("/v1/cni/add", requestOf("thief"));
  const [status, { error }] = await node.ask("/v1/cni/check", requestOf("web"));
  equal(status, 409);
  match(String(error), /10.0.0.1: found owner shop\/thief, expected shop\/web/);
});

Deno.test("what is malformed is answered with the field, what was found and what is expected", async () => {
  await using node = await CniNode.start();
  const rows: readonly (readonly [string, unknown, number, RegExp])[] = [
    ["add", "{", 400, /request: found no JSON, expected an object/],
    ["add", [], 400, /request: found \[\], expected an object/],
    ["add", requestOf("web", { containerID: "" }), 400, /containerID: found "", expected/],
    ["add", requestOf("web", { ifName: "0123456789abcdef" }), 400, /ifName: found "0123.*15/],
    ["add", requestOf("web", { netns: undefined }), 400, /netns: found nothing/],
    ["add", requestOf("web", { podNamespace: "A" }), 400, /podNamespace: found "A"/],
    ["add", requestOf("web", { podName: 1 }), 400, /podName: found 1, expected a name/],
    ["add", requestOf("web", { podUID: 1 }), 400, /podUID: found 1, expected a string/],
    ["add", requestOf("web", { ips: [] }), 400, /ips: found \[\], expected 1 to 16/],
    ["check", requestOf("web", { ips: ["10.0.0.1/24"] }), 400, /ips\[0\]: found "10.0.0.1\/24"/],
    ["del", {}, 400, /containerID: found nothing.*ifName: found nothing/],
    ["add", "x".repeat(70_000), 413, /more than 65536 bytes/],
    ["gc", {}, 404, /not found: try .*\/v1\/cni\/add/],
  ];
  for (const [command, body, expected, message] of rows) {
    const [status, { error, retryable }] = await node.ask(`/v1/cni/${command}`, body);
    deepEqual([status, retryable], [expected, false]);
    match(String(error), message);
  }
  equal((await node.ask("/v1/cni/add", undefined, "GET"))[0], 405);
});

Deno.test("a hundred at once are served, and all of them are in the file", async () => {
  await using node = await CniNode.start();
  node.enforce();
  const names = Array.from({ length: 100 }, (_, i) => `web-${i}`);
  node.sync(...names.map((name) => podRecord(name)));
  const answers = await Promise.all(names.map((name, i) => {
    return node.ask("/v1/cni/add", requestOf(name, { ips: [`10.0.1.${i}`] }));
  }));
  deepEqual(new Set(answers.map(([status]) => status)), new Set([200]));
  equal(node.store.owners.size, 100);
  deepEqual(new Set((await node.file).map(({ isCommitted }) => isCommitted)), new Set([true]));
});

Deno.test("it is in the file as pending before the kernel has it; killed then, it is forgotten", async () => {
  await using node = await CniNode.start();
  let seen: string | undefined;
  const path = `${node.folder}/agent.sandboxes`;
  node.sync(podRecord("web"));
  node.store.changes.take();
  node.enforce(() => seen ??= Deno.readTextFileSync(path));
  await node.ask("/v1/cni/add", requestOf("web"));
  const { endpoints } = JSON.parse(seen ?? "") as { endpoints: Record<string, unknown>[] };
  deepEqual(endpoints.map(({ podName, isCommitted }) => [podName, isCommitted]), [["web", false]]);
  node.store.retire({ containerID: "sandbox-of-web", ifName: "eth0" });
  await Deno.writeTextFile(path, seen ?? "");
  await node.restart();
  deepEqual([await node.file, node.store.endpoints.size], [[], 0]);
});

Deno.test("a file that knows nothing of interfaces is read, and an ADD that tells of one is news", async () => {
  await using node = await CniNode.start();
  node.enforce();
  node.sync(podRecord("web"));
  const [, { enforced }] = await node.ask("/v1/cni/add", requestOf("web"));
  const [{ hostInterface: _, bridge: __, ...older } = {}] = await node.file;
  await Deno.writeTextFile(
    `${node.folder}/agent.sandboxes`,
    JSON.stringify({ endpoints: [older] }),
  );
  await node.restart();
  deepEqual([enforced, node.store.endpoints.size, node.store.interfaces.length], [true, 1, 0]);
  const announced = requestOf("web", { hostInterface: "veth1" });
  deepEqual((await node.ask("/v1/cni/check", announced))[0], 200, "an older file is no difference");
  deepEqual((await node.ask("/v1/cni/add", announced))[0], 200);
  deepEqual(node.store.interfaces.map(({ name }) => name), ["veth1"]);
});

Deno.test("a name that would be a pattern, or more than a name, in the table is refused", async () => {
  await using node = await CniNode.start();
  node.sync(podRecord("web"));
  for (const hostInterface of ["veth*", 'a" drop', "a b", "x".repeat(16)]) {
    const [status, { error }] = await node.ask("/v1/cni/add", requestOf("web", { hostInterface }));
    equal(status, 400);
    match(String(error), /hostInterface: found .* expected an interface's name/);
  }
});

Deno.test("who is deleted while it waits is not announced", async () => {
  await using node = await CniNode.start();
  node.enforce();
  const adding = node.ask("/v1/cni/add", requestOf("web"));
  const name = { containerID: "sandbox-of-web", ifName: "eth0" };
  while (node.sandboxes.counts.get("waiting") === 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await node.ask("/v1/cni/del", name);
  node.sync(podRecord("web"));
  const [status, { error, retryable }] = await adding;
  deepEqual([status, retryable], [409, false]);
  match(String(error), /deleted meanwhile/);
  equal(node.store.endpoints.size, 0);
});

Deno.test("a sandbox whose network namespace is gone is collected, one out of sight is not", async () => {
  await using node = await CniNode.start();
  node.enforce();
  node.sync(podRecord("web"), podRecord("db"));
  const netns = `${node.folder}/netns`;
  await Deno.writeTextFile(netns, "");
  await node.ask("/v1/cni/add", requestOf("web", { netns }));
  const elsewhere = { netns: "/nowhere/netns", ips: ["10.0.0.2"] };
  await node.ask("/v1/cni/add", requestOf("db", elsewhere));
  await node.restart();
  equal(node.store.endpoints.size, 2);
  await Deno.remove(netns);
  await node.restart();
  deepEqual((await node.file).map(({ podName }) => podName), ["db"]);
});

Deno.test("who is given an address next is of another era, also when another agent gives it", async () => {
  await using node = await CniNode.start();
  node.enforce();
  node.sync(podRecord("web"));
  await node.ask("/v1/cni/add", requestOf("web"));
  const [first] = node.store.newcomers;
  ok(first !== undefined);
  await node.ask("/v1/cni/del", requestOf("web"));
  const store = new ClusterStore({ nodeName: "here", now: () => performance.now() });
  const path = `${node.folder}/agent.sandboxes`;
  await new Sandboxes({ store, nodeName: "here", path, collectMs: 1000 }).restore();
  deepEqual([...store.heritage.eras], [[first.address, 1]]);
  const endpoint = { ...requestOf("web") as Endpoint, containerID: "another" };
  store.announce(endpoint, () => {});
  deepEqual(store.newcomers.map(({ era }) => era), [2]);
});

Deno.test("that an address has ended is in the file, and what is garbled of that is left out", async () => {
  await using node = await CniNode.start();
  node.enforce();
  const web = podRecord("web", { addresses: [address] });
  node.sync(web);
  await node.ask("/v1/cni/add", requestOf("web"));
  await node.ask("/v1/cni/del", requestOf("web"));
  const path = `${node.folder}/agent.sandboxes`;
  const ended = [{ namespace: "shop", name: "web", uid: web.uid, addresses: [address] }];
  deepEqual(JSON.parse(await Deno.readTextFile(path)), {
    endpoints: [],
    eras: { [address]: 1 },
    ended,
  });
  const garbled = [1, {}, { ...ended[0], uid: 1 }, {
    ...ended[0],
    name: "db",
    addresses: [1, "x"],
  }];
  for (const [found, expected] of [[undefined, []], ["x", []], [[...garbled, ...ended], ended]]) {
    await Deno.writeTextFile(path, JSON.stringify({ endpoints: [], ended: found }));
    const store = new ClusterStore({ nodeName: "here", now: () => 0 });
    await new Sandboxes({ store, nodeName: "here", path, collectMs: 1000 }).restore();
    deepEqual(store.heritage.ended, expected);
  }
});

Deno.test("a file that is garbled, or in part, costs what cannot be read, and nothing else", async () => {
  await using node = await CniNode.start();
  const path = `${node.folder}/agent.sandboxes`;
  const good = { isCommitted: true, isNetnsSeen: false, ...requestOf("web") as object };
  const rows = [["{", 0], ["[]", 0], [`{"endpoints":{}}`, 0], [
    JSON.stringify({ endpoints: [1, { ...good, ips: "x" }, good] }),
    1,
  ]] as const;
  for (const [text, size] of rows) {
    await Deno.writeTextFile(path, text);
    await node.restart();
    equal(node.store.endpoints.size, size, text);
  }
});

Deno.test("what is not the plugin's is answered by others", async () => {
  await using node = await CniNode.start();
  using client = Deno.createHttpClient({
    proxy: { transport: "unix", path: `${node.folder}/agent.sock` },
  });
  equal(await (await fetch("http://127.0.0.1/readyz", { client })).text(), "another's");
});

Deno.test("whatever is sent to the socket, the answer is well-formed", async () => {
  const seed = Number(Deno.env.get("HEDGEROW_FUZZ_SEED") ?? Date.now() % 2 ** 31);
  await using node = await CniNode.start();
  node.enforce();
  node.sync();
  const paths = fc.constantFrom("add", "del", "check", "ADD", "", "..%2f", "add/more");
  const odd = fc.dictionary(
    fc.constantFrom("containerID", "netns", "ifName", "podNamespace", "podName", "podUID", "ips"),
    fc.oneof(fc.jsonValue(), fc.array(fc.ipV4()), fc.array(fc.ipV6())),
  ).map((fields) => JSON.stringify({ ...requestOf("no such pod") as object, ...fields }));
  const bodies = fc.oneof(fc.string({ unit: "binary" }), fc.json(), odd);
  await fc.assert(
    fc.asyncProperty(paths, bodies, async (path, body) => {
      const [status, answer] = await node.ask(`/v1/cni/${path}`, body);
      if (status === 200) return deepEqual(answer, {});
      ok([400, 404, 409, 413].includes(status), `${status}`);
      deepEqual([typeof answer.error, answer.retryable], ["string", false]);
    }),
    { seed, numRuns: 500 },
  );
});
