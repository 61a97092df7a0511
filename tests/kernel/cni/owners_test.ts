import { deepEqual } from "node:assert/strict";
import { until } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import type { CniRuntime, SandboxSpec } from "../../lab/cni_runtime.ts";
import { type ApiObject, podObject } from "../../lab/objects.ts";
import type { Host } from "../../lab/topology.ts";
import type { Outcome } from "../../lab/traffic_calls.ts";
import {
  announced,
  createShop,
  hedgerow,
  mainPlugin,
  node,
  pendingPod,
  runtimeOf,
} from "./chain.ts";

/** One address for all, so that each has another's. */
const only = { first: 100, last: 100 };

Deno.test("NP-53: an address is its sandbox's, whatever the API says and however late", async (t) => {
  await using cluster = await createShop();
  await cluster.startAgents();
  const runtime = runtimeOf(cluster, mainPlugin(cluster, "ptp", only), hedgerow(cluster));
  const web = await start(cluster, runtime, "shop/web");
  await t.step("a pod that the API does not show with an address yet is isolated", async () => {
    deepEqual(await askedBy(cluster, web.host), shut);
  });
  await t.step("deleted by force, it stays isolated while it runs", async () => {
    tellAddress(cluster, web);
    await cluster.settled();
    cluster.remove(web.object);
    const agent = cluster.agent(node);
    await until("the agent has heard of it", async () => {
      return await agent.metric("hedgerow_objects", `kind="pods"`) === 1;
    });
    deepEqual(await askedBy(cluster, web.host), shut);
  });
  await t.step("also when the agent is another, which never saw the pod", async () => {
    await replaceAgent(cluster);
    deepEqual(await askedBy(cluster, web.host), shut);
  });
  await t.step("its address goes to a pod that no policy isolates, at once", async () => {
    cluster.put(web.object); // the API is slow: it still shows the old one, with its address
    tellAddress(cluster, web);
    await runtime.del(web.sandbox);
    const busker = await start(cluster, runtime, "street/busker");
    deepEqual(await askedBy(cluster, busker.host), open);
    await runtime.del(busker.sandbox);
  });
  await t.step(
    "after its DEL it is nobody's, also to an agent that begins then",
    async () => {
      await replaceAgent(cluster);
      const others = runtimeOf(cluster, mainPlugin(cluster, "ptp", only));
      const stranger = { id: "stranger", pod: "street/stranger", uid: "none" };
      deepEqual(await askedBy(cluster, await others.add(stranger)), open);
      await others.del(stranger);
    },
  );
  await t.step("a sandbox made anew for the same pod is isolated again", async () => {
    const again = { ...web.sandbox, id: "again" };
    deepEqual(await askedBy(cluster, await runtime.add(again)), shut);
    await runtime.check(again);
    await runtime.del(again);
  });
});

interface Started {
  readonly object: ApiObject;
  readonly sandbox: SandboxSpec;
  readonly host: Host;
}

async function start(cluster: Cluster, runtime: CniRuntime, name: string): Promise<Started> {
  const object = pendingPod(name);
  cluster.put(object);
  const uid = object.metadata.uid ?? "";
  const sandbox = { id: name.replace("/", "-"), pod: name, uid };
  const host = await runtime.add(sandbox);
  cluster.oracle.store(node).announce(announced(runtime, sandbox, host), () => {});
  return { object, sandbox, host };
}

/** Kills it, and has another begin that knows what is written down. */
async function replaceAgent(cluster: Cluster): Promise<void> {
  const agent = cluster.agent(node);
  await agent.stop("SIGKILL");
  agent.start();
  await agent.ready();
}

function tellAddress(cluster: Cluster, { object, sandbox, host }: Started): void {
  cluster.put({
    ...podObject({ name: sandbox.pod, node }, host.addresses),
    metadata: object.metadata,
  });
}

/** Nobody listens in the pod: what reaches it is refused. */
function askedBy(cluster: Cluster, to: Host): Promise<readonly Outcome[]> {
  const from = cluster.lab.host("street/thief");
  return cluster.lab.traffic.probeAll(
    to.addresses.map((address) => ({ from, to: address, protocol: "TCP", port: 80 })),
  );
}

const shut: readonly Outcome[] = ["timeout", "timeout"];
const open: readonly Outcome[] = ["refused", "refused"];
