import { deepEqual } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { Cluster } from "../../lab/cluster.ts";
import type { Host } from "../../lab/topology.ts";
import type { Probe } from "../../lab/traffic.ts";
import { cacheScript } from "../untracked_cache.ts";
import {
  createShop,
  gateways,
  hedgerow,
  mainPlugin,
  node,
  pendingPod,
  runtimeOf,
} from "./chain.ts";

for (const type of ["ptp", "bridge"] as const) {
  Deno.test(`${type}: pods that the plugin announced reach the node's DNS cache, which is not tracked, as policies say`, async () => {
    await using cluster = await createShop();
    const host = cluster.lab.host(node);
    await cluster.lab.network.nft(node, cacheScript);
    for (const protocol of ["TCP", "UDP"] as const) {
      for (const port of [53, 54]) await cluster.lab.traffic.serve(host, protocol, port);
    }
    admitDns(cluster, gateways(type));
    await cluster.startAgents();
    const main = mainPlugin(cluster, type, { first: 200, last: 210 });
    const runtime = runtimeOf(cluster, main, hedgerow(cluster));
    const start = (name: string): Promise<Host> => {
      const object = pendingPod(name);
      cluster.put(object);
      const uid = object.metadata.uid ?? "";
      return runtime.add({ id: name.replace("/", "-"), pod: name, uid });
    };
    const questions = (from: Host): readonly Probe[] =>
      (["TCP", "UDP"] as const).flatMap((protocol) =>
        [53, 54].flatMap((port) => gateways(type).map((to) => ({ from, to, protocol, port })))
      );
    const ask = async (from: Host): Promise<readonly string[]> => {
      const outcomes = await cluster.lab.traffic.probeAll(questions(from));
      return questions(from).filter((_, i) => outcomes[i] === "open").map(told);
    };
    const [isolated, open] = [await start("shop/web"), await start("street/busker")];
    const all = questions(open);
    deepEqual(await ask(isolated), all.filter(({ port }) => port === 53).map(told));
    deepEqual(await ask(open), all.map(told));
  });
}

/** The shop's pods, which may do nothing else, may ask the node's own DNS. */
function admitDns(cluster: Cluster, addresses: readonly IpAddress[]): void {
  const to = addresses.map((address) => {
    return { ipBlock: { cidr: `${address}/${address.includes(":") ? 128 : 32}` } };
  });
  const ports = ["TCP", "UDP"].map((protocol) => ({ protocol, port: 53 }));
  cluster.put({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "dns", namespace: "shop" },
    spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{ to, ports }] },
  });
}

function told({ to, protocol, port }: Probe): string {
  return `${protocol} ${port} at ${to}`;
}
