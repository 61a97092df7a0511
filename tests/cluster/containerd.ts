import type { IpAddress } from "../../lib/model/address.ts";
import { until } from "../lab/clock.ts";
import { inNetns } from "../lab/netns.ts";
import type { Network } from "../lab/network.ts";
import type { ApiObject } from "../lab/objects.ts";
import { runTool, ToolError } from "../lab/tool.ts";
import type { Host } from "../lab/topology.ts";
import type { CniFolders } from "./cni_folders.ts";
import { findCrictl } from "./programs.ts";
import { buildSandboxImage, sandboxImage } from "./sandbox_image.ts";

/**
 * The first process of containerd's own process and mount namespaces: when it ends, so does all that
 * is in them. It waits for the end of its input, which comes with ours at the latest, or for the end
 * of containerd. Whatever containerd keeps is in a `/run` that nobody else sees.
 */
const script = `
exec >"$2" 2>&1
mount -t tmpfs tmpfs /run || exit 1
trap 'exit 1' TERM
{ containerd --config "$1"; kill $$; } &
read -r end
`;

/** A sandbox that runs. */
export interface Sandbox {
  readonly id: string;
  readonly addresses: readonly IpAddress[];
  /** The path of its network namespace, as containerd sees it. */
  readonly netns: string;
}

/** A node's containerd, told by `crictl` what a kubelet would tell it. */
export class Containerd implements AsyncDisposable {
  readonly #folder: string;
  readonly #crictl: string;
  /** Above its sandboxes; it goes with the network. */
  readonly #cgroup: string;
  readonly #child: Deno.ChildProcess;
  #hasEnded = false;

  private constructor(network: Network, node: Host, crictl: string) {
    this.#folder = folderOf(network);
    this.#crictl = crictl;
    this.#cgroup = `/${network.prefix}pods`;
    const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const files = [`${this.#folder}/config.toml`, `${this.#folder}/log`];
    const command = new Deno.Command("unshare", {
      args: [...namespaces, "sh", "-c", script, "containerd", ...files],
      stdin: "piped",
    });
    this.#child = inNetns(node.netns, () => command.spawn());
    this.#child.status.then(() => this.#hasEnded = true);
  }

  /** Starts it on a node, with an image for its sandboxes. */
  static async start(network: Network, node: Host, folders: CniFolders): Promise<Containerd> {
    const crictl = await findCrictl(() => {});
    const folder = folderOf(network);
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/config.toml`, config(folder, folders));
    await Deno.writeTextFile(`${folder}/crictl.yaml`, crictlConfig(folder));
    await using stack = new AsyncDisposableStack();
    const containerd = stack.use(new Containerd(network, node, crictl));
    await until("containerd is ready", () => containerd.#isReady(), { timeoutMs: 20_000 });
    const image = await buildSandboxImage(folder);
    const address = ["--address", socketIn(folder), "--namespace", "k8s.io"];
    await runTool("ctr", [...address, "images", "import", image]);
    stack.move();
    return containerd;
  }

  /** RunPodSandbox, for a pod as the API has it. */
  async run({ metadata }: ApiObject): Promise<Sandbox> {
    const { namespace, name, uid } = metadata;
    const path = `${this.#folder}/${namespace}.${name}.json`;
    const pod = {
      metadata: { namespace, name, uid },
      dns_config: { servers: ["10.96.0.10"] }, // else it copies a file that may be a link to `/run`
      linux: { cgroup_parent: this.#cgroup },
    };
    await Deno.writeTextFile(path, JSON.stringify(pod));
    const id = (await this.#call("runp", path)).trim();
    const { status, info } = JSON.parse(await this.#call("inspectp", id)) as Inspection;
    const { ip, additionalIps = [] } = status.network;
    const { namespaces } = info.runtimeSpec.linux;
    const netns = namespaces.find(({ type }) => type === "network")?.path;
    if (netns === undefined) throw new Error(`Cannot find the network namespace of ${name}`);
    return { id, netns, addresses: [ip, ...additionalIps.map(({ ip }) => ip)] as IpAddress[] };
  }

  /** StopPodSandbox. */
  async stop({ id }: Sandbox): Promise<void> {
    await this.#call("stopp", id);
  }

  /** RemovePodSandbox. */
  async remove({ id }: Sandbox): Promise<void> {
    await this.#call("rmp", id);
  }

  /** ListPodSandbox: what sandboxes there are, by their IDs. */
  async list(): Promise<readonly string[]> {
    const output = await this.#call("pods", "--quiet");
    return output.split("\n").filter((id) => id !== "");
  }

  /** Runs a command in a sandbox's network namespace and gives what it prints. */
  in({ netns }: Sandbox, command: readonly string[]): Promise<string> {
    const mounts = ["--target", `${this.#child.pid}`, "--mount"];
    return runTool("nsenter", [...mounts, "nsenter", `--net=${netns}`, ...command]);
  }

  /** Ends it with all its sandboxes, and waits for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close();
    await this.#child.status;
  }

  /** Whether it answers and has found its CNI plugins. */
  async #isReady(): Promise<boolean> {
    if (this.#hasEnded) {
      const log = (await Deno.readTextFile(`${this.#folder}/log`)).trim().split("\n");
      throw new Error(`Cannot go on: containerd ended: ${log.at(-1)}`);
    }
    try {
      const { status } = JSON.parse(await this.#call("info")) as Info;
      return status.conditions.every((condition) => condition.status);
    } catch (error) {
      if (error instanceof ToolError) return false; // nobody listens yet
      throw error;
    }
  }

  #call(...args: readonly string[]): Promise<string> {
    return runTool(this.#crictl, ["--config", `${this.#folder}/crictl.yaml`, ...args]);
  }
}

/** What is used of the answer of `crictl info`. */
interface Info {
  readonly status: { readonly conditions: readonly { readonly status: boolean }[] };
}

/** What is used of the answer of `crictl inspectp`. */
interface Inspection {
  readonly status: {
    readonly network: {
      readonly ip: string;
      readonly additionalIps?: readonly { readonly ip: string }[];
    };
  };
  readonly info: {
    readonly runtimeSpec: {
      readonly linux: {
        readonly namespaces: readonly { readonly type: string; readonly path?: string }[];
      };
    };
  };
}

function folderOf(network: Network): string {
  return `${network.folder}/containerd`;
}

/** Short, as paths of sockets must be. */
function socketIn(folder: string): string {
  return `${folder}/sock`;
}

function config(folder: string, { bin, conf }: CniFolders): string {
  return `
version = 2
root = "/run/containerd/root"
state = "/run/containerd/state"
[grpc]
address = "${socketIn(folder)}"
[plugins."io.containerd.internal.v1.opt"]
path = "/run/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${sandboxImage}"
disable_apparmor = true # its profile would outlive us in the kernel
restrict_oom_score_adj = true # in some machines not even root may lower it
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "native"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${bin}"
conf_dir = "${conf}"
`;
}

function crictlConfig(folder: string): string {
  const endpoint = `unix://${socketIn(folder)}`;
  return `{ runtime-endpoint: "${endpoint}", image-endpoint: "${endpoint}", timeout: 60 }\n`;
}
