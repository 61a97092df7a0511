import { parseAllDocuments } from "yaml";
import { Agent } from "./agent.ts";
import { until } from "./clock.ts";
import { kernelDrift } from "./kernel_table.ts";
import { Lab, type ServedPort } from "./lab.ts";
import type { ObjectSource } from "./object_source.ts";
import { type ApiObject, namespaceObject, nodeObject, objectName, podObject } from "./objects.ts";
import type { PodSpec } from "./objects.ts";
import { Oracle } from "./oracle.ts";
import type { Host } from "./topology.ts";

/** A cluster to be built. */
export interface ClusterSpec {
  readonly nodes: readonly string[];
  /** name -> labels */
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pods: readonly PodSpec[];
  /** What every host answers on, whatever pods declare. */
  readonly ports: readonly ServedPort[];
  readonly masquerade?: boolean;
  /** Where the agents get their objects from; it is made once the network is there. */
  readonly source: (lab: Lab) => ObjectSource;
}

/**
 * A cluster in which real agents enforce policies: a lab, the objects that describe it, an agent
 * in each node, and an oracle that says what packets must do.
 */
export class Cluster implements AsyncDisposable {
  readonly lab: Lab;
  readonly oracle: Oracle;
  readonly source: ObjectSource;
  readonly #agents = new Map<string, Agent>();
  readonly #nodes: readonly string[];
  /** `Kind namespace/name` -> object */
  readonly #objects = new Map<string, ApiObject>();

  private constructor(spec: ClusterSpec, lab: Lab) {
    this.lab = lab;
    this.#nodes = spec.nodes;
    this.oracle = new Oracle(spec.nodes);
    this.source = spec.source(lab);
  }

  /** Builds the network and describes it; no agent runs yet. */
  static async create(spec: ClusterSpec): Promise<Cluster> {
    await using resources = new AsyncDisposableStack();
    const { masquerade = false } = spec;
    const nodes = spec.nodes.map((name) => ({
      name,
      pods: spec.pods.filter(({ node }) => node === name).map((pod) => pod.name),
    }));
    const lab = resources.use(await Lab.create({ nodes, masquerade }, spec.ports));
    const cluster = new Cluster(spec, lab);
    for (const name of spec.nodes) cluster.put(nodeObject(name, lab.host(name).addresses));
    for (const [name, labels] of Object.entries(spec.namespaces)) {
      cluster.put(namespaceObject(name, labels));
    }
    for (const pod of spec.pods) cluster.put(podObject(pod, lab.host(pod.name).addresses));
    resources.move();
    return cluster;
  }

  /** The agents by their node's name. */
  get agents(): ReadonlyMap<string, Agent> {
    return this.#agents;
  }

  /** Starts an agent in each node that has none, and waits until all are ready. */
  async startAgents(
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    for (const name of this.#nodes) {
      if (this.#agents.has(name)) continue;
      const socket = ["--socket", `${this.lab.network.folder}/${name}/agent.sock`];
      const node = this.lab.host(name);
      const all = [...this.source.agentArgs, ...socket, ...args];
      this.#agents.set(name, new Agent({ node, args: all, env }));
    }
    await Promise.all([...this.#agents.values()].map((agent) => agent.ready()));
  }

  /** An agent by its node's name. */
  agent(node: string): Agent {
    const agent = this.#agents.get(node);
    if (agent === undefined) throw new Error(`Cannot find an agent on node ${node}`);
    return agent;
  }

  /** Makes an object known to agents and oracle, or replaces it. */
  put(object: ApiObject): void {
    this.#objects.set(objectName(object), object);
    this.oracle.put(object);
    this.source.put(object);
  }

  /** Removes an object, given as itself or as `Kind namespace/name`. */
  remove(object: ApiObject | string): void {
    const found = this.find(typeof object === "string" ? object : objectName(object));
    this.#objects.delete(objectName(found));
    this.oracle.remove(found);
    this.source.remove(found);
  }

  /** An object as it was put, by `Kind namespace/name`. */
  find(name: string): ApiObject {
    const object = this.#objects.get(name);
    if (object === undefined) throw new Error(`Cannot find ${name}: it was never put`);
    return object;
  }

  /** The objects of a kind, each as `Kind namespace/name`. */
  names(kind: string): readonly string[] {
    return [...this.#objects.keys()].filter((name) => name.startsWith(`${kind} `));
  }

  /** Puts all objects of a manifest's text, as `kubectl apply -f`; gives them. */
  apply(manifest: string): readonly ApiObject[] {
    const objects = readManifest(manifest);
    for (const object of objects) this.put(object);
    return objects;
  }

  /** Changes an object's labels: a value for each key, undefined takes the label away. */
  label(name: string, labels: Readonly<Record<string, string | undefined>>): void {
    const object = this.find(name);
    const all = Object.entries({ ...object.metadata.labels, ...labels });
    const left = Object.fromEntries(all.filter((entry): entry is [string, string] => {
      return entry[1] !== undefined;
    }));
    this.put({ ...object, metadata: { ...object.metadata, labels: left } });
  }

  /** Adds a pod, in the network and to the objects. */
  async addPod(pod: PodSpec, addresses?: Host["addresses"]): Promise<Host> {
    const place = addresses === undefined ? { node: pod.node } : { node: pod.node, addresses };
    const host = await this.lab.addPod(pod.name, place);
    this.put(podObject(pod, host.addresses));
    return host;
  }

  /** Removes a pod, from the objects and the network. */
  async removePod(name: string): Promise<void> {
    this.remove(`Pod ${name}`);
    await this.lab.removePod(name);
  }

  /** Waits until every node's kernel holds exactly what the objects ask for. */
  async settled({ timeoutMs = 5000 } = {}): Promise<void> {
    for (const name of this.#nodes) {
      const node = this.lab.host(name);
      let drift: readonly { readonly text: string }[] = [];
      const agreed = async (): Promise<boolean> => {
        drift = await kernelDrift(node, this.oracle.store(name));
        return drift.length === 0;
      };
      await until(`kernel and API agree on ${name}`, agreed, { timeoutMs }).catch((cause) => {
        const texts = drift.map(({ text }) => `\n  ${text}`).join("");
        throw new Error(`Cannot see ${name} settle:${texts}`, { cause });
      });
    }
  }

  /** Ends the agents, then everything else. */
  async [Symbol.asyncDispose](): Promise<void> {
    await using _lab = this.lab;
    await using _source = this.source;
    const agents = [...this.#agents.values()];
    await Promise.all(agents.map((agent) => agent[Symbol.asyncDispose]()));
  }
}

/** The objects of a YAML text, which may be several documents. */
export function readManifest(text: string): readonly ApiObject[] {
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error("Cannot read a manifest", { cause: error });
    return document.toJS() as ApiObject;
  });
}
