import { deepEqual } from "node:assert/strict";
import { Agent } from "../../lab/agent.ts";
import { until } from "../../lab/clock.ts";
import { objectName, podObject } from "../../lab/objects.ts";
import type { Outcome } from "../../lab/traffic_calls.ts";
import { addressOf, type Host } from "../../lab/topology.ts";
import { createShop, mainPlugin, node, runtimeOf } from "./chain.ts";

const range = "10.244.1.0/24,fd00:10:244:1::/64";

for (const type of ["routed", "bridge"] as const) {
  Deno.test(`${type}: who is in the node's pod range and no pod that is known is cut off, but from probes`, async (t) => {
    await using cluster = await createShop();
    const { lab } = cluster;
    const [host, thief, outside] = [node, "street/thief", "outside"].map((name) => lab.host(name));
    if (host === undefined || thief === undefined || outside === undefined) throw new Error(node);
    await cluster.startAgents(["--unknown-pods=drop", "--pod-cidr", range]);
    const name = "street/ghost";
    const runtime = runtimeOf(cluster, mainPlugin(cluster, "bridge", { first: 200, last: 200 }));
    const ghost = type === "routed"
      ? await lab.addPod(name, { node })
      : await runtime.add({ id: "ghost", pod: name, uid: "" });
    /** Between hosts, and from a pod to its gateway; the last three that one opens itself. */
    const outcomes = async (): Promise<Readonly<Record<string, readonly Outcome[]>>> => ({
      "node to it": await ask(host, ghost),
      "pod to it": await ask(thief, ghost),
      "outside to it": await ask(outside, ghost),
      "it to its node": await ask(ghost, host),
      "it to a pod": await ask(ghost, thief),
      "it to the outside": await ask(ghost, outside),
    });
    const ask = async (from: Host, to: Host): Promise<readonly Outcome[]> => {
      return await lab.traffic.probeAll((["IPv4", "IPv6"] as const).map((family) => (
        { from, to: addressOf(to, family), protocol: "ICMP" }
      )));
    };
    const [open, shut] = [["open", "open"], ["timeout", "timeout"]] as const;
    const all = {
      "node to it": open,
      "pod to it": open,
      "outside to it": open,
      "it to its node": open,
      "it to a pod": open,
      "it to the outside": open,
    };
    const none = Object.fromEntries(Object.keys(all).map((way) => [way, shut]));
    await t.step("while it is unknown", async () => {
      deepEqual(await outcomes(), { ...none, "node to it": open });
    });
    await t.step("the others are as they were", async () => {
      deepEqual([await ask(outside, thief), await ask(thief, host)], [open, open]);
    });
    const object = podObject({ name, node }, ghost.addresses);
    await t.step("not when the API tells of it", async () => {
      cluster.put(object);
      await until("it is known", async () => (await ask(thief, ghost))[1] === "open");
      deepEqual(await outcomes(), all);
    });
    await t.step("nor without the option", async () => {
      cluster.remove(objectName(object));
      await cluster.agent(node).stop();
      const socket = ["--socket", `${lab.network.folder}/other/agent.sock`];
      await using other = new Agent({ node: host, args: [...cluster.source.agentArgs, ...socket] });
      await other.ready();
      deepEqual(await outcomes(), all);
    });
  });
}
