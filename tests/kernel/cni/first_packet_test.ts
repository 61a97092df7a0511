import { equal, ok } from "node:assert/strict";
import { familyOf, type IpAddress } from "../../../lib/model/address.ts";
import { until } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import type { CniRuntime } from "../../lab/cni_runtime.ts";
import { podObject } from "../../lab/objects.ts";
import { tcpFlags, tcpPacket } from "../../lab/packet.ts";
import { addressOf, type Host } from "../../lab/topology.ts";
import type { OpenFlood, OpenSniffer } from "../../lab/traffic.ts";
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

/** The addresses that pods have, one after the other: the flood knows them before. */
const range = { first: 200, last: 202 };
/** So many live at the same time: there is an address for each. */
const atOnce = range.last - range.first + 1;

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
  await using resources = new AsyncDisposableStack();
  const thief = await thiefOf(cluster, type);
  const floods = new Map<IpAddress, OpenFlood>();
  for (let last = range.first; last <= range.last; last++) {
    for (const to of podAddresses(type, last)) {
      const packet = attempt(thief, to, markTo(to));
      const flood = await cluster.lab.traffic.flood({ from: thief, to, port: 0, packet });
      floods.set(to, resources.use(flood));
    }
  }
  return new Siege({ cluster, thief, floods, resources: resources.move() });
}

interface SiegeParts {
  readonly cluster: Cluster;
  readonly thief: Host;
  /** Those to each address. */
  readonly floods: ReadonlyMap<IpAddress, OpenFlood>;
  readonly resources: AsyncDisposableStack;
}

/** Pods come and go while a thief floods their addresses. */
class Siege implements AsyncDisposable {
  readonly #parts: SiegeParts;

  constructor(parts: SiegeParts) {
    this.#parts = parts;
  }

  /** How many packets reached pods from when their first process would start, or left them. */
  async arrivals(runtime: CniRuntime, pods: number): Promise<number> {
    let [arrived, next] = [0, 0];
    const worker = async (): Promise<void> => {
      while (next < pods) arrived += await this.#oneLife(runtime, next++);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return arrived;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.resources[Symbol.asyncDispose]();
  }

  /** A pod from its ADD to its DEL. */
  async #oneLife(runtime: CniRuntime, i: number): Promise<number> {
    const { cluster } = this.#parts;
    const name = `shop/web-${i}`;
    const object = pendingPod(name);
    cluster.put(object);
    const sandbox = { id: `s${i}`, pod: name, uid: object.metadata.uid ?? "" };
    const pod = await runtime.add(sandbox);
    const counters = await this.#firstProcess(pod);
    // Kubelet tells the API when the sandbox is there; the packets of the flood go on meanwhile.
    const { metadata } = object;
    cluster.put({ ...podObject({ name, node }, pod.addresses), metadata });
    await Promise.all(pod.addresses.map((address) => this.#untilSent(address, 300)));
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
    const { cluster: { lab: { traffic } }, thief } = this.#parts;
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

  async #untilSent(address: IpAddress, more: number): Promise<void> {
    const flood = this.#parts.floods.get(address);
    if (flood === undefined) throw new Error(`Cannot find the flood to ${address}: there is none`);
    const before = await flood.sent();
    await until("the flood goes on", async () => await flood.sent() > before + more);
  }
}

/** A bridge shows packets to everybody when it does not know whose they are: they have a mark each. */
function markTo(address: IpAddress): string {
  return `the thief's, to ${address}.`;
}

/** An attempt to connect, which a mark can be found in. */
function attempt(from: Host, destination: IpAddress, mark: string): Uint8Array<ArrayBuffer> {
  const source = addressOf(from, familyOf(destination));
  const ports = { sourcePort: 40_000, destinationPort: 80 };
  return tcpPacket({ source, destination }, ports, { flags: tcpFlags.SYN, payload: bytes(mark) });
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
