import { equal, ok } from "node:assert/strict";
import { familyOf, type IpAddress } from "../../../lib/model/address.ts";
import { until } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import type { CniRuntime } from "../../lab/cni_runtime.ts";
import { podObject } from "../../lab/objects.ts";
import { tcpFlags, tcpPacket } from "../../lab/packet.ts";
import { addressOf, type Host } from "../../lab/topology.ts";
import type { OpenFlood, OpenSniffer } from "../../lab/traffic.ts";
import { createShop, hedgerow, node, pendingPod, ptp, runtimeOf } from "./chain.ts";
import { tellFigures } from "./figures.ts";

/** One address of each family for all the pods, one after the other: the flood knows it before. */
const only = { first: 100, last: 100 };
const addresses = ["10.244.1.100", "fd00:10:244:1::100"] as IpAddress[];

Deno.test("a hundred pods, under a flood since before there was an interface: nothing denied arrives at their first process", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  const runtime = runtimeOf(cluster, ptp(cluster, only), hedgerow(cluster));
  equal(await arrivals(cluster, runtime, 100), 0, "packets that arrived, in or out");
  await tellFigures(cluster.agent(node), runtime);
});

Deno.test("without the plugin some arrives", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  const runtime = runtimeOf(cluster, ptp(cluster, only));
  ok(await arrivals(cluster, runtime, 5) > 0);
});

/** How many packets reached pods from when their first process would start, or left them. */
async function arrivals(cluster: Cluster, runtime: CniRuntime, pods: number): Promise<number> {
  const thief = cluster.lab.host("street/thief");
  await using floods = new AsyncDisposableStack();
  const open: OpenFlood[] = [];
  for (const to of addresses) {
    const packet = attempt(thief, to, "the thief's");
    open.push(floods.use(await cluster.lab.traffic.flood({ from: thief, to, port: 0, packet })));
  }
  let arrived = 0;
  for (let i = 0; i < pods; i++) arrived += await oneLife(cluster, { runtime, floods: open, i });
  return arrived;
}

/** A pod from its ADD to its DEL. */
async function oneLife(
  cluster: Cluster,
  { runtime, floods, i }: {
    readonly runtime: CniRuntime;
    readonly floods: readonly OpenFlood[];
    readonly i: number;
  },
): Promise<number> {
  const { traffic } = cluster.lab;
  const name = `shop/web-${i}`;
  const object = pendingPod(name);
  cluster.put(object);
  const sandbox = { id: `s${i}`, pod: name, uid: object.metadata.uid ?? "" };
  const pod = await runtime.add(sandbox);
  const counters = await firstProcess(cluster, pod);
  // Kubelet tells the API when the sandbox is there; the packets of the flood go on meanwhile.
  const { metadata } = object;
  cluster.put({ ...podObject({ name, node }, pod.addresses), metadata });
  for (const flood of floods) await untilSent(flood, 300);
  let count = 0;
  for (const counter of counters) count += await counter.count();
  await traffic.forget(pod);
  for (const counter of counters) await counter[Symbol.asyncDispose]().catch(() => {});
  await runtime.del(sandbox);
  cluster.remove(object);
  return count;
}

/** Counts what arrives at the pod, and sends to the thief, where it is counted, too. */
async function firstProcess(cluster: Cluster, pod: Host): Promise<readonly OpenSniffer[]> {
  const { traffic } = cluster.lab;
  const thief = cluster.lab.host("street/thief");
  const counters: OpenSniffer[] = [];
  for (const address of pod.addresses) {
    const family = familyOf(address);
    const mark = `from ${pod.netns}`;
    counters.push(await traffic.sniff(pod, { marker: bytes("the thief's"), family }));
    counters.push(await traffic.sniff(thief, { marker: bytes(mark), family }));
    const to = addressOf(thief, family);
    await traffic.send(pod, [attempt(pod, to, mark)], { to });
  }
  return counters;
}

/** An attempt to connect, which a mark can be found in. */
function attempt(from: Host, destination: IpAddress, mark: string): Uint8Array<ArrayBuffer> {
  const source = addressOf(from, familyOf(destination));
  const ports = { sourcePort: 40_000, destinationPort: 80 };
  return tcpPacket({ source, destination }, ports, { flags: tcpFlags.SYN, payload: bytes(mark) });
}

async function untilSent(flood: OpenFlood, more: number): Promise<void> {
  const before = await flood.sent();
  await until("the flood goes on", async () => await flood.sent() > before + more);
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
