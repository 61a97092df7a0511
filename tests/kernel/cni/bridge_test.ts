import { deepEqual, equal, match, ok } from "node:assert/strict";
import { until } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import { podObject } from "../../lab/objects.ts";
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
  setBridgeNetfilter,
  thiefOf,
} from "./chain.ts";

/** What a pod that nobody listens in answers where it is reached, and where it is not. */
const [reached, shut] = ["refused", "timeout"] as const;

Deno.test("pods on a bridge are policed with br_netfilter on for both families; with either off the agent says so", async (t) => {
  await using cluster = await createShop();
  setBridgeNetfilter(cluster, { iptables: true, ip6tables: true });
  await cluster.startAgents(["--self-heal", "200ms"]);
  const main = mainPlugin(cluster, "bridge", { first: 200, last: 200 });
  const object = pendingPod("shop/web");
  cluster.put(object);
  const runtime = runtimeOf(cluster, main, hedgerow(cluster));
  const uid = object.metadata.uid ?? "";
  const sandbox = { id: "web", pod: "shop/web", uid };
  const web = await runtime.add(sandbox);
  const store = cluster.oracle.store(node);
  store.announce(announced(runtime, sandbox, web), () => {});
  const { metadata } = object;
  cluster.put({ ...podObject({ name: "shop/web", node }, web.addresses), metadata });
  const neighbour = await thiefOf(cluster, "bridge");
  await cluster.settled();
  for (
    const { values, outcomes } of [
      { values: { iptables: true, ip6tables: true }, outcomes: [shut, shut] },
      { values: { iptables: true, ip6tables: false }, outcomes: [shut, reached] },
      { values: { iptables: false, ip6tables: true }, outcomes: [reached, shut] },
      { values: { iptables: true, ip6tables: true }, outcomes: [shut, shut] },
    ]
  ) {
    await t.step(JSON.stringify(values), async () => {
      setBridgeNetfilter(cluster, values);
      const off = Object.entries(values).filter(([, isOn]) => !isOn).map(([name]) => name);
      await until("the agent says how it is", async () => {
        const { body } = await cluster.agent(node).get("/readyz");
        return namesIn(body.split("\n")).join() === off.join();
      });
      const unpoliced = await cluster.agent(node).metric("hedgerow_bridges_unpoliced");
      equal(unpoliced, off.length);
      deepEqual(await askedBy(cluster, neighbour, web), outcomes);
    });
  }
  const errors = cluster.agent(node).log.filter((line) => /"level":"ERROR"/.test(line));
  deepEqual(namesIn(errors), ["ip6tables", "iptables"]);
  ok(errors.every((line) => line.includes("pods on cni0 are not policed")));
  match(cluster.agent(node).log.at(-1) ?? "", /Pods on bridges are policed/);
  await t.step("the table of ports is mended, and goes with the last of them", async () => {
    await cluster.lab.network.nft(node, "flush chain bridge hedgerow port");
    cluster.agent(node).signal("SIGHUP");
    await cluster.settled();
    await cluster.lab.network.nft(node, "delete table bridge hedgerow");
    cluster.agent(node).signal("SIGHUP");
    await cluster.settled();
    await runtime.del(sandbox);
    store.retire({ containerID: "web", ifName: "eth0" });
    await cluster.settled();
  });
});

/** The kernel parameters that lines speak of. */
function namesIn(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /bridge-nf-call-(\w+)=1/.exec(line)?.[1] ?? []);
}

function askedBy(cluster: Cluster, from: Host, to: Host): Promise<readonly Outcome[]> {
  return cluster.lab.traffic.probeAll(
    to.addresses.map((address) => ({ from, to: address, protocol: "TCP", port: 80 })),
  );
}
