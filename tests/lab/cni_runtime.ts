import type { IpAddress } from "../../lib/model/address.ts";
import { monotonicMs } from "./clock.ts";
import { inNetns, setSysctls } from "./netns.ts";
import type { Network } from "./network.ts";
import { ipBatch } from "./tool.ts";
import type { Host } from "./topology.ts";

/** Where Debian's package `containernetworking-plugins` puts them. */
const debianPlugins = "/usr/lib/cni";
const root = new URL("../../", import.meta.url).pathname;

/** What a plugin is configured by. */
export interface PluginConfig {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A pod's sandbox to be. */
export interface SandboxSpec {
  /** CNI_CONTAINERID; also in the name of its network namespace. */
  readonly id: string;
  /** As `namespace/name`. */
  readonly pod: string;
  readonly uid: string;
}

/** A plugin that failed, and what it said. */
export class PluginError extends Error {
  override readonly name = "PluginError";
  /** The error code of the specification. */
  readonly code: number;

  constructor(type: string, output: string) {
    const { code = 0, msg = output } = tryParse(output);
    super(`Cannot run plugin ${type}: ${code}: ${msg}`);
    this.code = Number(code);
  }
}

interface CniResult {
  readonly ips: readonly { readonly address: string }[];
  readonly interfaces: readonly { readonly name: string; readonly sandbox?: string }[];
}

/**
 * Runs a chain of CNI plugins as a container runtime does (CNI 1.0.0, section 3): on a node of the
 * lab, for network namespaces that go with its network.
 */
export class CniRuntime {
  readonly #node: Host;
  readonly #network: Network;
  readonly #plugins: readonly PluginConfig[];
  readonly #ownPlugins: string;
  readonly #results = new Map<string, CniResult>();
  /** How long each run of a plugin took, in ms, by its type. */
  readonly took = new Map<string, number[]>();

  constructor(network: Network, node: Host, plugins: readonly PluginConfig[]) {
    this.#network = network;
    this.#node = node;
    this.#plugins = plugins;
    this.#ownPlugins = `${network.folder}/plugins`;
    Deno.mkdirSync(this.#ownPlugins, { recursive: true });
    Deno.writeTextFileSync(`${this.#ownPlugins}/hedgerow-cni`, ownPlugin(), { mode: 0o755 });
  }

  /** Makes a network namespace and has the plugins add it; gives the pod as a host. */
  async add(sandbox: SandboxSpec): Promise<Host> {
    const netns = this.#netns(sandbox);
    await ipBatch(undefined, [`netns add ${netns}`]);
    await ipBatch(netns, ["link set lo up"]);
    setSysctls(netns, [["net.ipv6.conf.default.accept_dad", "0"]]);
    let prevResult: CniResult | undefined;
    for (const plugin of this.#plugins) {
      prevResult = tryParse(
        await this.#run("ADD", plugin, { sandbox, prevResult }),
      ) as unknown as CniResult;
    }
    if (prevResult === undefined) throw new Error("Cannot add a sandbox: there are no plugins");
    this.#results.set(sandbox.id, prevResult);
    const addresses = prevResult.ips.map(({ address }) => address.split("/")[0] as IpAddress);
    return { kind: "pod", name: sandbox.pod, netns, addresses, node: this.#node.name };
  }

  /** The names of the host's interfaces that were made, or used, for a sandbox, in order. */
  hostInterfaces({ id }: SandboxSpec): readonly string[] {
    const { interfaces = [] } = this.#results.get(id) ?? {};
    return interfaces.filter(({ sandbox = "" }) => sandbox === "").map(({ name }) => name);
  }

  /** Has the plugins check it. */
  async check(sandbox: SandboxSpec): Promise<void> {
    const prevResult = this.#results.get(sandbox.id);
    for (const plugin of this.#plugins) await this.#run("CHECK", plugin, { sandbox, prevResult });
  }

  /** Has the plugins delete it, the last one first, and removes the network namespace. */
  async del(sandbox: SandboxSpec): Promise<void> {
    const prevResult = this.#results.get(sandbox.id);
    for (const plugin of this.#plugins.toReversed()) {
      await this.#run("DEL", plugin, { sandbox, prevResult });
    }
    this.#results.delete(sandbox.id);
    await ipBatch(undefined, [`netns del ${this.#netns(sandbox)}`]);
  }

  #netns({ id }: SandboxSpec): string {
    return `${this.#network.prefix}cni-${id}`;
  }

  async #run(
    command: string,
    plugin: PluginConfig,
    { sandbox, prevResult }: {
      readonly sandbox: SandboxSpec;
      readonly prevResult: CniResult | undefined;
    },
  ): Promise<string> {
    const { type } = plugin;
    const own = type === "hedgerow-cni";
    const config = { cniVersion: "1.0.0", name: "pods", ...plugin, prevResult };
    const prepared = new Deno.Command(`${own ? this.#ownPlugins : debianPlugins}/${type}`, {
      env: this.#environment(command, sandbox),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    const started = monotonicMs();
    const child = inNetns(this.#node.netns, () => prepared.spawn());
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(config)));
    await writer.close();
    const { success, stdout, stderr } = await child.output();
    const key = `${type} ${command}`;
    this.took.set(key, [...this.took.get(key) ?? [], monotonicMs() - started]);
    const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    if (!success) throw new PluginError(type, output || errors || "");
    return output ?? "";
  }

  #environment(command: string, sandbox: SandboxSpec): Record<string, string> {
    const [namespace, name] = sandbox.pod.split("/");
    return {
      CNI_COMMAND: command,
      CNI_CONTAINERID: sandbox.id,
      CNI_NETNS: `/run/netns/${this.#netns(sandbox)}`,
      CNI_IFNAME: "eth0",
      CNI_PATH: `${debianPlugins}:${this.#ownPlugins}`,
      CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${name};` +
        `K8S_POD_INFRA_CONTAINER_ID=${sandbox.id};K8S_POD_UID=${sandbox.uid}`,
    };
  }
}

/** What `deno task cni` runs, as an executable. */
function ownPlugin(): string {
  return `#!/bin/sh\ncd '${root}' && exec '${Deno.execPath()}' ${pluginArguments().join(" ")}\n`;
}

/** What `deno task cni` starts Deno with, in the root of the checkout. */
export function pluginArguments(): readonly string[] {
  const config: unknown = JSON.parse(Deno.readTextFileSync(`${root}deno.json`));
  const { cni } = (config as { readonly tasks: { readonly cni: string } }).tasks;
  const [deno, ...args] = cni.split(" ");
  if (deno !== "deno") throw new Error(`Cannot start the plugin: its task is ${cni}`);
  return args;
}

function tryParse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
