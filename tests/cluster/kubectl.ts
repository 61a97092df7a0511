import { runTool } from "../lab/tool.ts";
import type { Credentials } from "./authority.ts";
import { formatKubeconfig } from "./kubeconfig.ts";

/** Whom `kubectl` talks to, and as whom. */
export interface KubectlOptions {
  readonly server: string;
  /** The path of its authority's certificate. */
  readonly authorityFile: string;
  readonly own: Credentials;
  /** For its kubeconfig and its cache. */
  readonly folder: string;
}

/** The real `kubectl`, as people use it. */
export class Kubectl {
  readonly #flags: readonly string[];

  private constructor(flags: readonly string[]) {
    this.#flags = flags;
  }

  /** Writes its kubeconfig. */
  static async create({ server, authorityFile, own, folder }: KubectlOptions): Promise<Kubectl> {
    const path = `${folder}/admin.kubeconfig`;
    await Deno.writeTextFile(path, formatKubeconfig(server, authorityFile, own));
    return new Kubectl([`--kubeconfig=${path}`, `--cache-dir=${folder}/kubectl`]);
  }

  /** Runs it and gives what it prints; `input` is for `-f -`. */
  async run(args: readonly string[], input = ""): Promise<string> {
    try {
      return await runTool("kubectl", [...this.#flags, ...args], { input });
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      throw new Error("Cannot run kubectl: it is not on the PATH (Debian: kubernetes-client)", {
        cause,
      });
    }
  }
}
