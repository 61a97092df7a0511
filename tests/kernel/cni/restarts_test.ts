import { deepEqual, equal } from "node:assert/strict";
import type { Endpoint } from "../../../lib/model/endpoint.ts";
import { Agent } from "../../lab/agent.ts";
import { delay } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import { type CniRuntime, PluginError, type SandboxSpec } from "../../lab/cni_runtime.ts";
import { type ApiObject, objectName } from "../../lab/objects.ts";
import type { Host } from "../../lab/topology.ts";
import {
  announced,
  createShop,
  hedgerow,
  leases,
  mainPlugin,
  node,
  pendingPod,
  runtimeOf,
} from "./chain.ts";

/** How many pods come, and how many are on their way at once. */
const pods = 100;
const atOnce = 6;
/**
 * A DEL may find no agent, and an agent come while the namespace is there: it looks every 30 s, and
 * keeps the last rules of whom it then finds gone for a minute.
 */
const inTime = { timeoutMs: 100_000 };

interface Life {
  readonly sandbox: SandboxSpec;
  readonly object: ApiObject;
  /** What the agent was told of it. */
  readonly endpoint: Endpoint;
}

Deno.test("killed, restarted and replaced during 100 ADDs and DELs: what was added is enforced, nothing is left", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  const runtime = runtimeOf(
    cluster,
    mainPlugin(cluster, "ptp", { first: 100, last: 250 }),
    hedgerow(cluster),
  );
  await using agents = new Agents(cluster);
  const mishaps = agents.sufferUntil();
  const lives = await inParallel((i) => oneLife(cluster, runtime, i));
  await mishaps.end();
  const stay = lives.filter((life) => life !== undefined);
  await agents.current.ready();
  for (const { sandbox } of stay) await runtime.check(sandbox);
  // What the agent must have come to, from the ADDs that succeeded alone: the API has no address.
  const store = cluster.oracle.store(node);
  for (const { endpoint } of stay) store.announce(endpoint, () => {});
  await cluster.settled(inTime);
  deepEqual(await filed(cluster), stay.map(({ sandbox }) => sandbox.id).sort());
  await Promise.all(stay.map(({ sandbox }) => runtime.del(sandbox)));
  for (const { sandbox: { id: containerID } } of stay) {
    store.retire({ containerID, ifName: "eth0" });
  }
  await cluster.settled(inTime);
  deepEqual(await filed(cluster), []);
  const left = [...Deno.readDirSync(`${leases(cluster)}/pods`)].map(({ name }) => name);
  deepEqual(left.filter((name) => /^[\da-f.:]+$/.test(name)), [], "addresses still given away");
});

/** A pod is added, tried again as kubelet does, and asked; of three one stays. */
async function oneLife(
  cluster: Cluster,
  runtime: CniRuntime,
  i: number,
): Promise<Life | undefined> {
  const object = pendingPod(`shop/web-${i}`);
  cluster.put(object);
  const uid = object.metadata.uid ?? "";
  const pod = `shop/web-${i}`;
  for (let attempt = 0;; attempt++) {
    const sandbox = { id: `s${i}-${attempt}`, pod, uid };
    const host = await tryAdd(runtime, sandbox);
    if (host === undefined) continue;
    const thief = cluster.lab.host("street/thief");
    const probes = host.addresses.map((to) =>
      ({ from: thief, to, protocol: "TCP", port: 80 }) as const
    );
    // Nobody listens there: unpoliced it would be a refusal, not silence.
    deepEqual(await cluster.lab.traffic.probeAll(probes), ["timeout", "timeout"], pod);
    const endpoint = announced(runtime, sandbox, host);
    if (i % 3 === 0) return { sandbox, object, endpoint };
    await runtime.del(sandbox);
    cluster.remove(objectName(object));
    return undefined;
  }
}

/** A runtime deletes what could not be added, and kubelet has another one made. */
async function tryAdd(runtime: CniRuntime, sandbox: SandboxSpec): Promise<Host | undefined> {
  try {
    return await runtime.add(sandbox);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    equal(error.code, 11, error.message);
    await runtime.del(sandbox);
    return undefined;
  }
}

/** The node's agent, whoever it is at the moment. */
class Agents implements AsyncDisposable {
  readonly #cluster: Cluster;
  #newcomer: Agent | undefined;
  #ended = false;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  get current(): Agent {
    return this.#newcomer ?? this.#cluster.agent(node);
  }

  /** Mishaps, one after the other, until it is ended; there is one at least of each kind. */
  sufferUntil(): { readonly end: () => Promise<void> } {
    const suffering = this.#suffer();
    return {
      end: async () => {
        this.#ended = true;
        await suffering;
      },
    };
  }

  async #suffer(): Promise<void> {
    await delay(500);
    await this.#replace();
    for (let i = 0; i < 2 || !this.#ended; i++) {
      await this.current.stop(i % 2 === 0 ? "SIGKILL" : "SIGTERM");
      this.current.start();
      await this.current.ready();
      await delay(500);
    }
  }

  /** An upgrade: the new one waits for the old one's end. */
  async #replace(): Promise<void> {
    const { lab, source } = this.#cluster;
    const socket = ["--socket", `${lab.network.folder}/${node}/agent.sock`];
    const args = [...source.agentArgs, ...socket];
    this.#newcomer = new Agent({ node: lab.host(node), args });
    await delay(300);
    await this.#cluster.agent(node).stop("SIGTERM");
    await this.#newcomer.ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#newcomer?.[Symbol.asyncDispose]();
  }
}

async function inParallel<T>(one: (i: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < pods) results.push(await one(next++));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** The sandboxes in the agent's file. */
async function filed(cluster: Cluster): Promise<readonly string[]> {
  const text = await Deno.readTextFile(`${cluster.lab.network.folder}/${node}/agent.sandboxes`);
  const { endpoints } = JSON.parse(text) as { endpoints: { readonly containerID: string }[] };
  return endpoints.map(({ containerID }) => containerID).sort();
}
