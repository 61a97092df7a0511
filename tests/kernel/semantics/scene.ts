import { join } from "node:path";
import { stringify } from "yaml";
import { Agent } from "../../lab/agent.ts";
import { until } from "../../lab/clock.ts";
import type { Lab } from "../../lab/lab.ts";
import type { PodPlace } from "../../lab/network.ts";
import { runTool } from "../../lab/tool.ts";
import type { Host, Topology } from "../../lab/topology.ts";
import type { Traffic } from "../../lab/traffic.ts";
import { type ApiObject, namespace, pod, type PodFields } from "../../spec/objects.ts";
import { createLab, twoNodes } from "../two_nodes.ts";

/** The namespace of what tells which policies are in force. */
const BEACON = "beacon";

/** What a scene is made of. */
export interface SceneSpec {
  readonly topology?: Topology;
  /** The nodes that have an agent; default n1. */
  readonly nodes?: readonly string[];
  /** Flags of the agents, besides those that every scene needs. */
  readonly args?: readonly string[];
}

/** A lab with agents that follow a directory of manifests, and what stands in that directory. */
export class Scene implements AsyncDisposable {
  readonly lab: Lab;
  readonly #resources = new AsyncDisposableStack();
  readonly #agents = new Map<string, Agent>();
  /** `namespace/name` -> the pod as the API has it. */
  readonly #pods = new Map<string, ApiObject>();
  #policies = "";
  #generation = 0;

  private constructor(lab: Lab) {
    this.lab = this.#resources.use(lab);
  }

  /** Builds the lab and starts the agents; without policies at first. */
  static async create(
    { topology = twoNodes, nodes = ["n1"], args = [] }: SceneSpec = {},
  ): Promise<Scene> {
    const scene = new Scene(await createLab(topology));
    try {
      for (const host of scene.lab.hosts.filter(({ kind }) => kind === "pod")) scene.describe(host);
      await Deno.mkdir(scene.#manifests);
      await scene.#write();
      for (const name of nodes) scene.#agents.set(name, scene.#startAgent(name, args));
      await Promise.all([...scene.#agents.values()].map((agent) => agent.ready()));
      return scene;
    } catch (error) {
      await scene[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The lab's packets. */
  get traffic(): Traffic {
    return this.lab.traffic;
  }

  /** A host by its name. */
  host(name: string): Host {
    return this.lab.host(name);
  }

  /** The agent of a node. */
  agent(node: string): Agent {
    const agent = this.#agents.get(node);
    if (agent === undefined) throw new Error(`Cannot find an agent of ${node}: it has none`);
    return agent;
  }

  /**
   * Says what the API knows of a pod, from the next `enforce` on. Where it is not told otherwise
   * it has the label `app` with its own name, and runs at its host's addresses.
   */
  describe(host: Host, fields: PodFields = {}): void {
    const [, name = ""] = host.name.split("/");
    const traits = { node: host.node ?? "", ips: host.addresses, labels: { app: name } };
    this.#pods.set(host.name, pod(host.name, { ...traits, ...fields }));
  }

  /** Takes a pod out of the API, from the next `enforce` on. */
  forget(name: string): void {
    if (!this.#pods.delete(name)) throw new Error(`Cannot forget pod ${name}: there is none`);
  }

  /** Adds a pod to the lab, and from the next `enforce` on to the API. */
  async addPod(name: string, place: PodPlace, fields: PodFields = {}): Promise<Host> {
    const host = await this.lab.addPod(name, place);
    this.describe(host, fields);
    return host;
  }

  /**
   * Writes policies (YAML, in the place of those before) and pods into the agents' directory, and
   * waits until they are in force at every agent.
   */
  async enforce(policies: string = this.#policies): Promise<void> {
    this.#policies = policies;
    this.#generation++;
    await this.#write();
    await Promise.all([...this.#agents.keys()].map((node) => this.#enforced(node)));
  }

  /** Announces a pod of the lab as the CNI plugin does, with its interface: routed, or a port. */
  async announce(host: Host, bridge = ""): Promise<void> {
    const { network } = this.lab;
    const [podNamespace, podName] = host.name.split("/");
    const proxy = { transport: "unix" as const, path: join(network.folder, `${host.node}.sock`) };
    using client = Deno.createHttpClient({ proxy });
    const body = JSON.stringify({
      ...{ containerID: host.netns, ifName: "eth0", netns: `/run/netns/${host.netns}` },
      ...{ podNamespace, podName, podUID: "", ips: host.addresses },
      ...{ hostInterface: network.linkOf(host.name), bridge },
    });
    const init = { method: "POST", body, client };
    const response = await fetch("http://127.0.0.1/v1/cni/add", init);
    const text = await response.text();
    if (!response.ok) throw new Error(`Cannot announce ${host.name}: ${text}`);
  }

  /** Ends the agents, then removes the lab. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }

  get #manifests(): string {
    return join(this.lab.network.folder, "manifests");
  }

  #startAgent(name: string, more: readonly string[]): Agent {
    const { folder } = this.lab.network;
    const args = [
      ...["--manifests", this.#manifests, "--socket", join(folder, `${name}.sock`)],
      ...["--self-heal", "1h", "--log-format", "text"],
      ...more,
    ];
    return this.#resources.use(new Agent({ node: this.host(name), args }));
  }

  /** One file, put into its place in one step: one picture. */
  async #write(): Promise<void> {
    const names = new Set([...this.#pods.values()].map(({ metadata }) => `${metadata.namespace}`));
    const objects: ApiObject[] = [
      ...[...names].map((name) => namespace(name, { team: name })),
      ...this.#pods.values(),
      ...this.#beacon(),
    ];
    const cluster = objects.map((object) => stringify(object)).join("---\n");
    const draft = join(this.lab.network.folder, "draft.yaml");
    await Deno.writeTextFile(draft, `${cluster}---\n${this.#policies}`);
    await Deno.rename(draft, join(this.#manifests, "cluster.yaml"));
  }

  /**
   * A pod that nobody ever sees on each node, and a policy for it whose name is that of the
   * generation: its chain tells which generation is in the kernel.
   */
  #beacon(): readonly ApiObject[] {
    const places = this.lab.hosts.filter(({ kind }) => kind === "node");
    return [
      ...places.map(({ name }, index) =>
        pod(`${BEACON}/${name}`, { node: name, ips: [`10.244.${index + 1}.250`] })
      ),
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { namespace: BEACON, name: `at-${this.#generation}` },
        spec: { podSelector: {}, policyTypes: ["Egress"] },
      },
    ];
  }

  /** The chain of the generation before is deleted by the change's last transaction. */
  async #enforced(node: string): Promise<void> {
    const { netns } = this.host(node);
    const current = [`egress-${BEACON}.at-${this.#generation}`];
    let found: readonly string[] = [];
    const isThere = async (): Promise<boolean> => {
      const listed = await runTool("nft", ["list", "chains", "inet"], { netns });
      found = [...listed.matchAll(/chain (egress-beacon\.at-\d+)/g)].map(([, name]) => name ?? "");
      return found.join() === current.join();
    };
    try {
      await until(`${node} enforces ${current}`, isThere, { everyMs: 5 });
    } catch (cause) {
      const log = this.agent(node).log.slice(-8).join("\n  ");
      throw new Error(`${node} has ${found.join() || "no chain"}; its agent says\n  ${log}`, {
        cause,
      });
    }
  }
}
