import type { ClusterSize, GeneratedObject } from "../../apiserver/generated.ts";
import { Agent, type AgentSpec } from "../../lab/agent.ts";
import { inNetns } from "../../lab/netns.ts";
import { Reaper, reapStale } from "../../lab/reaper.ts";
import { ipBatch } from "../../lab/tool.ts";
import type { Host } from "../../lab/topology.ts";
import { Dialogue } from "./dialogue.ts";

/** The node whose pods change more than those of others. */
const busyNode = "node-0";
const server = new URL("../../apiserver/main.ts", import.meta.url).pathname;
const watcher = new URL("watcher.ts", import.meta.url).pathname;

let made = 0;

/**
 * A network namespace with an API server in a process of its own, which serves a generated cluster,
 * and what is to be measured there: the real agent, and a watcher that only reads.
 */
export class Site implements AsyncDisposable {
  readonly url: string;
  readonly #host: Host;
  readonly #folder: string;
  readonly #server: Dialogue;
  readonly #resources: AsyncDisposableStack;
  #agents = 0;

  private constructor(
    parts: { readonly host: Host; readonly folder: string; readonly server: Dialogue },
    url: string,
    resources: AsyncDisposableStack,
  ) {
    this.url = url;
    this.#host = parts.host;
    this.#folder = parts.folder;
    this.#server = parts.server;
    this.#resources = resources;
  }

  /**
   * Starts the API server and waits until it serves.
   *
   * @param nodeName The node whose pods the agents police.
   */
  static async create(size: ClusterSize, nodeName = busyNode): Promise<Site> {
    await reapStale();
    await using resources = new AsyncDisposableStack();
    const netns = `hr-${Deno.pid}-site${++made}`;
    const folder = Deno.makeTempDirSync({ prefix: `${netns}-` });
    resources.use(new Reaper([netns], [folder]));
    await ipBatch(undefined, [`netns add ${netns}`]);
    await ipBatch(netns, ["link set lo up"]);
    const host: Host = { kind: "node", name: nodeName, netns, addresses: [], node: undefined };
    const flags = Object.entries(size).flatMap(([flag, value]) => [`--${flag}`, `${value}`]);
    const args = [server, ...flags, "--kubeconfig", `${folder}/kubeconfig`];
    const dialogue = resources.use(startProgram(netns, args));
    const url = await dialogue.hear({ timeoutMs: 300_000 });
    return new Site({ host, folder, server: dialogue }, url, resources.move());
  }

  /** Where files of the site may lie: it goes with it. */
  get folder(): string {
    return this.#folder;
  }

  /** The network namespace. */
  get netns(): string {
    return this.#host.netns;
  }

  /** Starts an agent. */
  startAgent(spec: Pick<AgentSpec, "runtime" | "program"> = {}): Agent {
    this.#agents++;
    const args = ["--kubeconfig", `${this.#folder}/kubeconfig`, "--socket", this.socket];
    return new Agent({ ...spec, node: this.#host, args });
  }

  /** The socket of the agent that was started last. */
  get socket(): string {
    return `${this.#folder}/agent-${this.#agents}.sock`;
  }

  /** Puts an object into the cluster, in the place of one that has its name. */
  async put(object: GeneratedObject): Promise<void> {
    await this.#server.ask(`put ${JSON.stringify(object)}`);
  }

  /** Starts a watcher of all pods; it tells `{ lines, bytes }` when the list has been read. */
  startWatcher(): Dialogue {
    return startProgram(this.netns, [watcher, this.url]);
  }

  /** Sets how many changes there are in a second; gives how many the last rate has made. */
  async churn(rate: number): Promise<number> {
    return Number(await this.#server.ask(`churn ${rate}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

/** Starts a program of the benches in a network namespace, to be spoken with. */
export function startProgram(netns: string, args: readonly string[]): Dialogue {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--frozen", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
  return new Dialogue(inNetns(netns, () => command.spawn()));
}
