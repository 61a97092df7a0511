import type { IpAddress } from "../../lib/model/address.ts";
import { guard } from "./interrupt.ts";
import { untilRunning } from "./link.ts";
import { inNetns, setSysctls } from "./netns.ts";
import { Reaper, reapStale } from "./reaper.ts";
import { masqueradeScript, type Service, servicesScript } from "./services.ts";
import { ipBatch, nft } from "./tool.ts";
import { FABRIC, type Host, type HostKind, OUTSIDE, plan, type Topology } from "./topology.ts";
import {
  fabricAddresses,
  fabricEnds,
  fabricLinks,
  givenRoutes,
  linkSysctls,
  nodeAddresses,
  outsideAddresses,
  podAddresses,
  podLink,
  podRoutes,
  sysctlsOf,
  type WiredNode,
  type WiredPod,
} from "./wiring.ts";

/** Where a pod is put. */
export interface PodPlace {
  /** The node's name. */
  readonly node: string;
  /**
   * Default: the next free pair of the node's range. An address that another pod has is taken
   * from it: packets go to the newcomer from now on, whatever the other believes.
   */
  readonly addresses?: readonly IpAddress[];
}

/**
 * A small cluster of network namespaces: nodes joined by a fabric, pods behind their nodes as
 * routed CNI plugins put them there, an outside host. All of it goes when it is disposed of, and
 * also when the process is interrupted or killed.
 */
export class Network implements AsyncDisposable {
  /** What the names of its network namespaces begin with. */
  readonly prefix: string;
  /** A folder that goes with it, for sockets, kubeconfigs, logs. */
  readonly folder: string;
  readonly #reaper: Reaper;
  readonly #guard: Disposable;
  readonly #hosts = new Map<string, Host>();
  readonly #nodes = new Map<string, WiredNode>();
  readonly #pods = new Map<string, WiredPod>();
  /** node -> how many pods it has had, removed ones included. */
  readonly #podCount = new Map<string, number>();

  /** What is under way. */
  readonly #changes = new Set<Promise<void>>();
  #isClosing = false;

  private constructor() {
    const tag = crypto.randomUUID().slice(0, 4);
    this.prefix = `hr-${Deno.pid}-${tag}-`;
    this.folder = Deno.makeTempDirSync({ prefix: this.prefix });
    this.#reaper = new Reaper([this.prefix], [this.folder]);
    this.#guard = guard(this);
  }

  /** Builds the network; when that fails nothing of it is left. */
  static async create(topology: Topology): Promise<Network> {
    await reapStale();
    const network = new Network();
    try {
      await network.#change(() => network.#build(topology));
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Every host, by name. */
  get hosts(): ReadonlyMap<string, Host> {
    return this.#hosts;
  }

  /** A host by its name: `fabric`, `outside`, a node's name, a pod's `namespace/name`. */
  host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host !== undefined) return host;
    throw new Error(`Cannot find host ${name}: there are ${[...this.#hosts.keys()].join(", ")}`);
  }

  /** The node's end of a pod's wire. */
  linkOf(pod: string): string {
    const wired = this.#pods.get(pod);
    if (wired === undefined) {
      throw new Error(`Cannot find the wire of ${pod}: there is no such pod`);
    }
    return wired.link;
  }

  /** Runs a synchronous function in a host's network namespace: what it listens on is there. */
  in<T>(name: string, run: () => T): T {
    return inNetns(this.host(name).netns, run);
  }

  /** Loads an nft script in a host's network namespace and gives what nft printed. */
  nft(name: string, script: string): Promise<string> {
    return nft(this.host(name).netns, script);
  }

  /** Adds a pod; `name` is `namespace/name`. */
  async addPod(name: string, place: PodPlace): Promise<Host> {
    await this.#change(() => this.#wirePods([this.#plugIn(name, place)]));
    return this.host(name);
  }

  /** Removes a pod: its wire at once, so that its address can be given to another. */
  async removePod(name: string): Promise<void> {
    const pod = this.#pods.get(name);
    if (pod === undefined) throw new Error(`Cannot remove pod ${name}: there is none`);
    this.#pods.delete(name);
    this.#hosts.delete(name);
    await this.#change(async () => {
      await ipBatch(this.#nodeOf(pod).host.netns, [`link del ${pod.link}`]);
      await ipBatch(undefined, [`netns del ${pod.host.netns}`]);
    });
  }

  /** Makes every node translate these services' addresses, and no others. */
  async setServices(services: readonly Service[]): Promise<void> {
    const script = servicesScript(services);
    await Promise.all([...this.#nodes.values()].map(({ host }) => nft(host.netns, script)));
  }

  /** Removes all namespaces, what runs in them, and the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await Promise.allSettled(this.#changes); // else they would go on to make what has just gone
    await this.#reaper[Symbol.asyncDispose]();
    this.#guard[Symbol.dispose]();
  }

  async #change(change: () => Promise<void>): Promise<void> {
    if (this.#isClosing) throw new Error("Cannot change the network: it is being removed");
    const changing = change();
    this.#changes.add(changing);
    try {
      await changing;
    } finally {
      this.#changes.delete(changing);
    }
  }

  async #build({ nodes, masquerade = false }: Topology): Promise<void> {
    const fabric = this.#addHost("fabric", FABRIC, plan.fabric);
    const outside = this.#addHost("outside", OUTSIDE, plan.outside);
    nodes.forEach(({ name }, index) => {
      const host = this.#addHost("node", name, plan.node(index + 1));
      this.#nodes.set(name, { host, number: index + 1 });
    });
    const wired = [...this.#nodes.values()];
    const hosts = [...this.#hosts.values()];
    await addNetns(hosts);
    await ipBatch(fabric.netns, fabricLinks(wired, outside));
    await Promise.all([
      ipBatch(fabric.netns, fabricAddresses(wired)),
      ipBatch(outside.netns, outsideAddresses()),
      ...wired.map((node) => ipBatch(node.host.netns, nodeAddresses(node, wired))),
      ...(masquerade ? wired.map(({ host }) => nft(host.netns, masqueradeScript())) : []),
    ]);
    if (wired.length > 0) await untilRunning(fabricEnds(fabric, wired, outside));
    await this.#wirePods(
      nodes.flatMap(({ name, pods }) => pods.map((pod) => this.#plugIn(pod, { node: name }))),
    );
  }

  /** Gives a pod its names and addresses. */
  #plugIn(name: string, { node, addresses }: PodPlace): WiredPod {
    const number = this.#nodes.get(node)?.number;
    if (number === undefined) throw new Error(`Cannot add pod ${name}: there is no node ${node}`);
    const count = (this.#podCount.get(node) ?? 0) + 1;
    this.#podCount.set(node, count);
    const host = this.#addHost("pod", name, addresses ?? plan.pod(number, count + 1), node);
    const pod = { host, link: `pod${count}`, given: addresses !== undefined };
    this.#pods.set(name, pod);
    return pod;
  }

  async #wirePods(pods: readonly WiredPod[]): Promise<void> {
    await addNetns(pods.map((pod) => pod.host));
    const byNode = Map.groupBy(pods, (pod) => this.#nodeOf(pod));
    await Promise.all([...byNode].map(([{ host }, own]) => ipBatch(host.netns, own.map(podLink))));
    for (const [{ host }, own] of byNode) setSysctls(host.netns, own.flatMap(linkSysctls));
    await Promise.all([
      ...[...byNode].map(([{ host }, own]) => ipBatch(host.netns, own.flatMap(podRoutes))),
      ...pods.map((pod) => ipBatch(pod.host.netns, podAddresses(pod))),
      ...pods.map((pod) => this.#lead(pod)),
    ]);
    await untilRunning(pods.flatMap((pod) => [
      { netns: pod.host.netns, name: "eth0" },
      { netns: this.#nodeOf(pod).host.netns, name: pod.link },
    ]));
  }

  /** Tells everybody else the way to addresses that were chosen for a pod. */
  async #lead(pod: WiredPod): Promise<void> {
    const node = this.#nodeOf(pod);
    const routes = givenRoutes(pod, node);
    const others = [...this.#hosts.values()].filter(({ kind, name }) =>
      kind === "fabric" || (kind === "node" && name !== node.host.name)
    );
    await Promise.all(others.map(({ netns }) => ipBatch(netns, routes)));
  }

  #nodeOf({ host }: WiredPod): WiredNode {
    const node = this.#nodes.get(host.node ?? "");
    if (node === undefined) throw new Error(`Cannot find the node of pod ${host.name}`);
    return node;
  }

  #addHost(
    kind: HostKind,
    name: string,
    addresses: readonly IpAddress[],
    node?: string,
  ): Host {
    if (this.#hosts.has(name)) throw new Error(`Cannot add ${kind} ${name}: the name is taken`);
    const netns = this.prefix + name.replaceAll("/", ".");
    const host: Host = { kind, name, netns, addresses, node };
    this.#hosts.set(name, host);
    return host;
  }
}

/** Makes the network namespaces of hosts, with their kernel parameters. */
async function addNetns(hosts: readonly Host[]): Promise<void> {
  await ipBatch(undefined, hosts.map(({ netns }) => `netns add ${netns}`));
  for (const host of hosts) setSysctls(host.netns, sysctlsOf(host));
}
