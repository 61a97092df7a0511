import { Nft } from "../../../lib/apply/nft.ts";
import { Reaper } from "../../lab/reaper.ts";
import { ToolError } from "../../lab/tool.ts";

let made = 0;

/** A network namespace with an nft in it, and what tests do to the table behind hedgerow's back. */
export class Namespace implements AsyncDisposable {
  readonly name: string;
  /** Runs nft in the namespace; its path is whole, as nft is run without PATH. */
  readonly command: readonly [string, ...string[]];
  readonly #reaper: Reaper;

  private constructor(name: string, nft: string, reaper: Reaper) {
    this.name = name;
    this.command = ["nsenter", `--net=/run/netns/${name}`, nft];
    this.#reaper = reaper;
  }

  /** Makes one; disposing removes it, and so does the end of this process. */
  static async make(): Promise<Namespace> {
    const nft = (await run("sh", ["-c", "command -v nft"])).trim();
    const name = `hr-${Deno.pid}-apply${++made}`;
    const reaper = new Reaper([name], []);
    await run("ip", ["netns", "add", name]);
    return new Namespace(name, nft, reaper);
  }

  /** The program's own seam to nft, in this namespace. */
  get nft(): Nft {
    return new Nft({ command: this.command });
  }

  /** Runs a script. */
  async load(script: string): Promise<void> {
    await this.nft.run(script);
  }

  /** The table's text; "" where there is none. */
  async list(): Promise<string> {
    return await this.nft.list() ?? "";
  }

  /** The table's objects, each as nft prints it, in the order of their text. */
  async objects(): Promise<readonly string[]> {
    return objectsOf(await this.list());
  }

  /** Removes the namespace with all that is in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reaper[Symbol.asyncDispose]();
  }
}

/**
 * The objects of a table, and the elements of each, in the order of their text: nft prints objects,
 * and blocks in a set, in the order of their making.
 */
export function objectsOf(text: string): readonly string[] {
  return text.replace(/\}\n$/, "").split("\n\n").map((object) =>
    object.replace("table inet hedgerow {\n", "").trim()
      .replace(/(?<=elements = \{ )[^{}]*(?= \})/, (list) => list.split(/,\s+/).sort().join(", "))
  ).sort();
}

/** Runs a command of the system to its end and gives what it printed. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const output = await new Deno.Command(command, { args: [...args] }).output();
  const stderr = new TextDecoder().decode(output.stderr);
  if (!output.success) throw new ToolError([command, ...args].join(" "), output.code, stderr);
  return new TextDecoder().decode(output.stdout);
}
