import { deepEqual, equal } from "node:assert/strict";
import { ClusterStore } from "../../../lib/cluster/store.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { Pod } from "../../../lib/model/cluster.ts";
import { Sandboxes } from "../../../lib/serve/sandboxes.ts";
import { until } from "../../lab/clock.ts";
import { podRecord } from "../records.ts";
import { address, CniNode, requestOf } from "./cni_node.ts";

const containerID = "sandbox-of-web";
const name = { containerID, ifName: "eth0" };
const other = "10.0.0.2" as IpAddress;

/** The same sandbox once more, and it has another address now. */
const again = requestOf("web", { ips: [other] });

/** The same sandbox once more, for a pod that the watch does not bring. */
const forNobody = requestOf("nobody", { containerID, ips: [other] });

/** Who is in the file: the pod, its address, and whether it is committed. */
async function filed(node: CniNode): Promise<readonly unknown[]> {
  return (await node.file).map(({ podName, ips, isCommitted }) => [podName, ips, isCommitted]);
}

/** Whose an address is. */
function ownerOf(node: CniNode, ip: IpAddress): string | undefined {
  return node.store.owners.get(ip)?.name;
}

/** No file can be written until what this gives is called. */
async function refuseFiles({ folder }: CniNode): Promise<() => Promise<void>> {
  const path = `${folder}/agent.sandboxes.new`;
  await Deno.mkdir(path);
  return () => Deno.remove(path);
}

async function startWith(...pods: readonly Pod[]): Promise<CniNode> {
  const node = await CniNode.start();
  node.enforce();
  node.sync(...pods);
  equal((await node.ask("/v1/cni/add", requestOf("web")))[0], 200);
  return node;
}

Deno.test("a repeated ADD: what was committed stands, and stays in the file, while it waits for its pod", async () => {
  await using node = await startWith(podRecord("web"), podRecord("db"));
  const adding = node.ask("/v1/cni/add", forNobody);
  await until("it waits", () => node.sandboxes.counts.get("waiting") === 1);
  equal((await node.ask("/v1/cni/add", requestOf("db", { ips: ["10.0.0.3"] })))[0], 200);
  deepEqual(await filed(node), [["web", [address], true], ["db", ["10.0.0.3"], true]]);
  deepEqual(await node.ask("/v1/cni/check", requestOf("web")), [200, { enforced: true }]);
  equal((await adding)[0], 503);
  deepEqual(await node.ask("/v1/cni/check", requestOf("web")), [200, { enforced: true }]);
  equal(ownerOf(node, address), "web");
});

Deno.test("a repeated ADD: DEL reaches what was committed before one that failed", async () => {
  const web = podRecord("web", { addresses: [address] });
  await using node = await startWith(web);
  equal((await node.ask("/v1/cni/add", forNobody))[0], 503);
  deepEqual(await node.ask("/v1/cni/del", name), [200, {}]);
  node.store.sinks.pods.remove(web, 1);
  deepEqual([node.store.endpoints.size, node.store.owners.size, node.store.departed.size], [
    ...[0, 0, 0],
  ]);
  deepEqual(await filed(node), []);
});

Deno.test("a repeated ADD: DEL while it waits reaches what was committed, and it does not come", async () => {
  await using node = await startWith(podRecord("web"));
  const adding = node.ask("/v1/cni/add", forNobody);
  await until("it waits", () => node.sandboxes.counts.get("waiting") === 1);
  deepEqual(await node.ask("/v1/cni/del", name), [200, {}]);
  node.store.sinks.pods.upsert(podRecord("nobody"), 1);
  equal((await adding)[0], 409);
  deepEqual([node.store.endpoints.size, node.store.owners.size], [0, 0]);
  deepEqual(await filed(node), []);
});

Deno.test("a repeated ADD: what was committed stands where the new one cannot be written down", async () => {
  const netns = await Deno.makeTempFile();
  await using node = await CniNode.start();
  node.enforce();
  node.sync(podRecord("web"));
  equal((await node.ask("/v1/cni/add", requestOf("web", { netns })))[0], 200);
  const allowFiles = await refuseFiles(node);
  const [status, { retryable }] = await node.ask("/v1/cni/add", again);
  deepEqual([status, retryable], [503, true]);
  await allowFiles();
  deepEqual([ownerOf(node, address), ownerOf(node, other)], ["web", undefined]);
  deepEqual(await node.ask("/v1/cni/check", requestOf("web")), [200, { enforced: true }]);
  await Deno.remove(netns); // DEL is missed
  const ending = new AbortController();
  const running = node.sandboxes.run(ending.signal);
  await until("it is collected", () => node.store.endpoints.size === 0);
  ending.abort();
  await running;
});

Deno.test("a repeated ADD: killed before it is answered, the next agent knows what was committed", async () => {
  await using node = await startWith(podRecord("web"));
  const path = `${node.folder}/agent.sandboxes`;
  const written: string[] = [];
  node.enforce(() => written.push(Deno.readTextFileSync(path)));
  equal((await node.ask("/v1/cni/add", again))[0], 200);
  deepEqual(await filed(node), [["web", [other], true]]);
  await Deno.writeTextFile(path, written.at(-1) ?? "");
  deepEqual(await filed(node), [["web", [address], true], ["web", [other], false]]);
  const store = new ClusterStore({ nodeName: "here", now: () => performance.now() });
  const sandboxes = new Sandboxes({ store, nodeName: "here", path, collectMs: 1000 });
  await sandboxes.restore();
  deepEqual([...store.endpoints.values()].map(({ ips }) => ips), [[address]]);
  sandboxes.del(name);
  deepEqual([store.endpoints.size, await filed(node)], [0, []]);
});

/** What the next agent finds: whose the addresses are, and what each endpoint still has. */
async function foundBy(node: CniNode, file: string, ...pods: readonly Pod[]): Promise<unknown> {
  const path = `${node.folder}/next.sandboxes`;
  await Deno.writeTextFile(path, file);
  const store = new ClusterStore({ nodeName: "here", now: () => performance.now() });
  await new Sandboxes({ store, nodeName: "here", path, collectMs: 1000 }).restore();
  const { pods: kind, ...others } = store.sinks;
  for (const other of Object.values(others)) other.replace([], 1);
  kind.replace(pods, 1);
  return {
    owners: [...store.owners].map(([ip, { name }]) => [ip, name]).sort(),
    endpoints: [...store.endpoints.values()].map(({ podName, ips }) => [podName, ips]),
  };
}

Deno.test("a repeated ADD: what was committed has its address after a kill, though the file was written meanwhile", async () => {
  const web = podRecord("web", { addresses: [address] });
  await using node = await startWith(web, podRecord("db"));
  equal((await node.ask("/v1/cni/add", requestOf("db", { ips: ["10.0.0.3"] })))[0], 200);
  const read = () => Deno.readTextFileSync(`${node.folder}/agent.sandboxes`);
  const written: string[] = [];
  node.enforce(() => {
    node.sandboxes.del({ containerID: "sandbox-of-db", ifName: "eth0" });
    written.push(read());
  });
  equal((await node.ask("/v1/cni/add", again))[0], 200);
  deepEqual(await foundBy(node, written[0] ?? "", web), {
    owners: [[address, "web"]],
    endpoints: [["web", [address]]],
  });
  deepEqual(await foundBy(node, read(), web), {
    owners: [[other, "web"]],
    endpoints: [["web", [other]]],
  }, "once it is answered, the former address is nobody's, though the API shows it");
});

Deno.test("a repeated ADD: what was committed has no more after a kill than it had before", async () => {
  const [third, fourth] = ["10.0.0.3", "10.0.0.4"] as const;
  const pods = [podRecord("web"), podRecord("db"), podRecord("job")];
  await using node = await CniNode.start();
  node.enforce();
  node.sync(...pods);
  const asks = [["web", [address, other]], ["db", [address]], ["job", [third]]] as const;
  for (const [pod, ips] of asks) {
    equal((await node.ask("/v1/cni/add", requestOf(pod, { ips })))[0], 200);
  }
  const written: string[] = [];
  node.enforce(() => {
    node.sandboxes.del({ containerID: "sandbox-of-job", ifName: "eth0" });
    written.push(Deno.readTextFileSync(`${node.folder}/agent.sandboxes`));
  });
  equal((await node.ask("/v1/cni/add", requestOf("web", { ips: [fourth] })))[0], 200);
  deepEqual(await foundBy(node, written[0] ?? "", ...pods), {
    owners: [[address, "db"], [other, "web"]],
    endpoints: [["db", [address]], ["web", [other]]],
  });
});

Deno.test("a repeated ADD: one that fails leaves the one before it on its way to the kernel", async () => {
  await using node = await CniNode.start();
  node.sync(podRecord("web"));
  const adding = node.ask("/v1/cni/add", requestOf("web"));
  await until("it is announced", () => node.store.endpoints.size === 1);
  equal((await node.ask("/v1/cni/add", forNobody))[0], 503);
  for (const { enforced } of node.store.changes.take()) enforced?.();
  deepEqual((await adding)[0], 200);
  deepEqual(await filed(node), [["web", [address], true]]);
});
