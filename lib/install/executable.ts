import { pluginType } from "./plugin_list.ts";
import { replaceFile, tryRead } from "./replace_file.ts";

/** The plugin among the executables of a runtime. */
export class Executable {
  readonly #path: string;

  /** In the folder where runtimes look for it. */
  constructor(folder: string) {
    this.#path = `${folder}/${pluginType}`;
  }

  /**
   * Puts this program there, or from a checkout a script that runs it; gives what was done. What is
   * executed meanwhile is the old one to its end.
   */
  async put(): Promise<readonly string[]> {
    if (Deno.build.standalone) return await this.#copy(Deno.execPath());
    const text = script();
    if (await tryRead(this.#path) === text) return [];
    await replaceFile(this.#path, 0o755, (aside) => Deno.writeTextFile(aside, text));
    return [`put ${this.#path}, which runs ${checkout()}`];
  }

  /** Takes it away; gives what was done. */
  async remove(): Promise<readonly string[]> {
    try {
      await Deno.remove(this.#path);
      return [`removed ${this.#path}`];
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  async #copy(program: string): Promise<readonly string[]> {
    if (await isSameFile(program, this.#path)) return [];
    await replaceFile(this.#path, 0o755, async (aside) => {
      await Deno.copyFile(program, aside);
      const { mtime } = await Deno.stat(program);
      if (mtime !== null) await Deno.utime(aside, mtime, mtime);
    });
    return [`put ${this.#path}`];
  }
}

/** By size and time, which a copy has from its original. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => Deno.stat(path).catch(() => null)));
  return a !== null && b !== null && a?.size === b?.size &&
    a?.mtime?.getTime() === b?.mtime?.getTime();
}

function script(): string {
  const config = `${checkout()}/deno.json`;
  return `#!/bin/sh\nexec ${quote(Deno.execPath())} task --quiet --config ${quote(config)} cni\n`;
}

function checkout(): string {
  return new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
