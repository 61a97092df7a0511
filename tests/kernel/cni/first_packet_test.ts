import { equal, ok } from "node:assert/strict";
import { familyOf } from "../../../lib/model/address.ts";
import type { Cluster } from "../../lab/cluster.ts";
import type { CniRuntime } from "../../lab/cni_runtime.ts";
import { podObject } from "../../lab/objects.ts";
import { addressOf, type Host } from "../../lab/topology.ts";
import type { OpenSniffer } from "../../lab/traffic.ts";
import {
  createShop,
  hedgerow,
  type MainPlugin,
  mainPlugin,
  node,
  pendingPod,
  podAddresses,
  runtimeOf,
  setBridgeNetfilter,
  thiefOf,
} from "./chain.ts";
import { tellFigures } from "./figures.ts";
import { attempt, markTo, Thief } from "./thief.ts";

/** The addresses that pods have, one after the other: the flood knows them before. */
const range = { first: 200, last: 202 };
/** What they end in; so many pods live at the same time. */
const lastParts = [200, 201, 202];

for (const [type, pods] of [["ptp", 100], ["bridge", 30]] as const) {
  Deno.test(`${type}: ${pods} pods, under a flood since before there was an interface: nothing denied arrives at their first process`, async () => {
    await using cluster = await createShop();
    await cluster.startAgents();
    setBridgeNetfilter(cluster, { iptables: true, ip6tables: true });
    const runtime = runtimeOf(cluster, mainPlugin(cluster, type, range), hedgerow(cluster));
    await using siege = await besiege(cluster, type);
    equal(await siege.arrivals(runtime, pods), 0, "packets that arrived, in or out");
    await tellFigures(cluster.agent(node), runtime);
  });

  Deno.test(`${type}: without the plugin some arrives`, async () => {
    await using cluster = await createShop();
    await cluster.startAgents();
    const runtime = runtimeOf(cluster, mainPlugin(cluster, type, range));
    await using siege = await besiege(cluster, type);
    ok(await siege.arrivals(runtime, 6) > 0);
  });
}

/** Begins to flood all addresses that pods will have. */
async function besiege(cluster: Cluster, type: MainPlugin): Promise<Siege> {
  const addresses = lastParts.flatMap((last) => podAddresses(type, last));
  const { traffic } = cluster.lab;
  return new Siege(cluster, await Thief.begin(traffic, await thiefOf(cluster, type), addresses));
}

/** Pods come and go while a thief floods their addresses. */
class Siege implements AsyncDisposable {
  readonly #cluster: Cluster;
  readonly #thief: Thief;

  constructor(cluster: Cluster, thief: Thief) {
    this.#cluster = cluster;
    this.#thief = thief;
  }

  /** How many packets reached pods from when their first process would start, or left them. */
  async arrivals(runtime: CniRuntime, pods: number): Promise<number> {
    let [arrived, next] = [0, 0];
    const worker = async (): Promise<void> => {
      while (next < pods) arrived += await this.#oneLife(runtime, next++);
    };
    await Promise.all(lastParts.map(worker));
    return arrived;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thief[Symbol.asyncDispose]();
  }

  /** A pod from its ADD to its DEL. */
  async #oneLife(runtime: CniRuntime, i: number): Promise<number> {
    const cluster = this.#cluster;
    const name = `shop/web-${i}`;
    const object = pendingPod(name);
    cluster.put(object);
    const sandbox = { id: `s${i}`, pod: name, uid: object.metadata.uid ?? "" };
    const pod = await runtime.add(sandbox);
    const counters = await this.#firstProcess(pod);
    // Kubelet tells the API when the sandbox is there; the packets of the flood go on meanwhile.
    const { metadata } = object;
    cluster.put({ ...podObject({ name, node }, pod.addresses), metadata });
    await Promise.all(pod.addresses.map((address) => this.#thief.goesOn(address)));
    let count = 0;
    for (const counter of counters) count += await counter.count();
    await cluster.lab.traffic.forget(pod);
    for (const counter of counters) await counter[Symbol.asyncDispose]().catch(() => {});
    await runtime.del(sandbox);
    cluster.remove(object);
    return count;
  }

  /** Counts what arrives at the pod, and sends to the thief, where it is counted, too. */
  async #firstProcess(pod: Host): Promise<readonly OpenSniffer[]> {
    const { traffic } = this.#cluster.lab;
    const thief = this.#thief.host;
    const counters: OpenSniffer[] = [];
    for (const address of pod.addresses) {
      const family = familyOf(address);
      const mark = `from ${pod.netns}`;
      counters.push(await traffic.sniff(pod, { marker: bytes(markTo(address)), family }));
      counters.push(await traffic.sniff(thief, { marker: bytes(mark), family }));
      const to = addressOf(thief, family);
      await traffic.send(pod, [attempt(pod, to, mark)], { to });
    }
    return counters;
  }
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
