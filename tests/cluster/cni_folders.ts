import type { PluginConfig } from "../lab/cni_runtime.ts";
import { runTool } from "../lab/tool.ts";

/** Where Debian's package `containernetworking-plugins` puts them. */
const debianPlugins = "/usr/lib/cni";

/** What runtimes run, and what is run for it: `loopback` by containerd itself, without a list. */
const programs = ["ptp", "host-local", "loopback"];

/** The folders where a runtime looks for CNI plugins and for the list of those to be run. */
export class CniFolders {
  /** `--cni-bin-dir`. */
  readonly bin: string;
  /** `--cni-conf-dir`. */
  readonly conf: string;
  readonly #list: string;

  /** Makes both in a folder; the list holds one plugin. */
  constructor(folder: string, plugin: PluginConfig) {
    this.bin = `${folder}/cni-bin`;
    this.conf = `${folder}/cni-conf`;
    this.#list = `${this.conf}/10-pods.conflist`;
    for (const made of [this.bin, this.conf]) Deno.mkdirSync(made);
    for (const name of programs) {
      Deno.symlinkSync(`${debianPlugins}/${name}`, `${this.bin}/${name}`);
    }
    this.#write({ cniVersion: "1.0.0", name: "pods", plugins: [plugin] });
  }

  /** What `hedgerow install` does on a node; flags besides are its own. */
  async install(...flags: readonly string[]): Promise<void> {
    const folders = ["--cni-bin-dir", this.bin, "--cni-conf-dir", this.conf];
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const task = ["task", "--quiet", "--config", config, "install"];
    await runTool(Deno.execPath(), [...task, ...folders, ...flags]);
  }

  /** Puts a module beside this one behind all other plugins. */
  append(type: string, module: string): void {
    const path = new URL(module, import.meta.url).pathname;
    const command = `'${Deno.execPath()}' run --no-config --no-lock -A '${path}'`;
    Deno.writeTextFileSync(`${this.bin}/${type}`, `#!/bin/sh\nexec ${command}\n`, { mode: 0o755 });
    const list = JSON.parse(Deno.readTextFileSync(this.#list)) as PluginList;
    this.#write({ ...list, plugins: [...list.plugins, { type }] });
  }

  #write(list: PluginList): void {
    Deno.writeTextFileSync(this.#list, JSON.stringify(list));
  }
}

interface PluginList {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly PluginConfig[];
}
