import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  agentSocket,
  createShop,
  mainPlugin,
  node,
  pendingPod,
  podAddresses,
} from "../kernel/cni/chain.ts";
import { Thief } from "../kernel/cni/thief.ts";
import type { Cluster } from "../lab/cluster.ts";
import { type ApiObject, podObject } from "../lab/objects.ts";
import { runTool } from "../lab/tool.ts";
import { listCounter } from "./arrivals_plugin.ts";
import { CniFolders } from "./cni_folders.ts";
import { Containerd, type Sandbox } from "./containerd.ts";

/** The addresses that pods have, one after the other: the flood knows them before. */
const range = { first: 200, last: 204 };
/** What they end in; so many pods live at the same time. */
const lastParts = [200, 201, 202, 203, 204];

Deno.test("containerd: 10 pods, under a flood since before there was an interface: nothing denied arrives at their first process", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  await using containerd = await startContainerd(cluster, { hedgerow: true });
  equal(await arrivals(cluster, containerd, 10), 0, "packets that arrived");
  const enforced = `result="enforced"`;
  equal(await cluster.agent(node).metric("hedgerow_cni_add_seconds_count", enforced), 10);
});

Deno.test("containerd: without the plugin some arrives", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  await using containerd = await startContainerd(cluster, { hedgerow: false });
  ok(await arrivals(cluster, containerd, 3) > 0);
});

Deno.test("NP-53: StopPodSandbox takes a pod's addresses from it while the API still shows them", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  await using containerd = await startContainerd(cluster, { hedgerow: true });
  const object = pendingPod("shop/web");
  cluster.put(object);
  const sandbox = await containerd.run(object);
  tellAddresses(cluster, object, sandbox);
  deepEqual(await judged(cluster, sandbox), sandbox.addresses);
  await containerd.stop(sandbox);
  deepEqual(await judged(cluster, sandbox), []);
});

Deno.test("containerd makes no sandbox while the agent is away, and tells why", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  const agent = cluster.agent(node);
  await using containerd = await startContainerd(cluster, { hedgerow: true, timeout: "300ms" });
  const object = pendingPod("shop/web");
  cluster.put(object);
  await agent.stop("SIGKILL");
  await rejects(
    containerd.run(object),
    /type=\\?"hedgerow-cni\\?" failed \(add\): Cannot enforce policies for pod shop\/web: nobody at/,
  );
  deepEqual(await containerd.list(), []);
  agent.start();
  await agent.ready();
  const sandbox = await containerd.run(object);
  deepEqual(await containerd.list(), [sandbox.id]);
});

/** Starts containerd with the chain that a node has after `hedgerow install`, or before it. */
async function startContainerd(
  cluster: Cluster,
  { hedgerow, timeout = "10s" }: { readonly hedgerow: boolean; readonly timeout?: string },
): Promise<Containerd> {
  const { network } = cluster.lab;
  const folders = new CniFolders(network.folder, mainPlugin(cluster, "ptp", range));
  const flags = ["--socket", agentSocket(cluster), "--timeout", timeout];
  if (hedgerow) await folders.install(...flags);
  folders.append("arrivals", "./arrivals_plugin.ts");
  return await Containerd.start(network, cluster.lab.host(node), folders);
}

/** How many packets of a thief reach so many pods, from the end of their ADD on. */
async function arrivals(cluster: Cluster, containerd: Containerd, pods: number): Promise<number> {
  const { lab } = cluster;
  const addresses = lastParts.flatMap((last) => podAddresses("ptp", last));
  await using thief = await Thief.begin(lab.traffic, lab.host("street/thief"), addresses);
  let [arrived, next] = [0, 0];
  const worker = async (): Promise<void> => {
    while (next < pods) {
      const object = pendingPod(`shop/web-${next++}`);
      cluster.put(object);
      const sandbox = await containerd.run(object);
      tellAddresses(cluster, object, sandbox);
      await Promise.all(sandbox.addresses.map((address) => thief.goesOn(address)));
      arrived += await arrivalsIn(containerd, sandbox);
      await containerd.stop(sandbox);
      await containerd.remove(sandbox);
      cluster.remove(object);
    }
  };
  await Promise.all(lastParts.map(worker));
  return arrived;
}

async function arrivalsIn(containerd: Containerd, sandbox: Sandbox): Promise<number> {
  const text = await containerd.in(sandbox, listCounter);
  const packets = /packets (\d+)/.exec(text)?.[1];
  if (packets === undefined) throw new Error(`Cannot read the counter of arrivals: ${text}`);
  return Number(packets);
}

/** Tells the API of a sandbox, as kubelet does when it is there. */
function tellAddresses(cluster: Cluster, { metadata }: ApiObject, sandbox: Sandbox): void {
  const name = `${metadata.namespace}/${metadata.name}`;
  cluster.put({ ...podObject({ name, node }, sandbox.addresses), metadata });
}

/** Those of a sandbox's addresses whose packets are judged. */
async function judged(cluster: Cluster, { addresses }: Sandbox): Promise<readonly string[]> {
  const { netns } = cluster.lab.host(node);
  const list = (set: string): Promise<string> =>
    runTool("nft", ["list", "set", "inet", "hedgerow", set], { netns });
  const words = (await list("policed4") + await list("policed6")).split(/[\s,]+/);
  return addresses.filter((address) => words.includes(address));
}
