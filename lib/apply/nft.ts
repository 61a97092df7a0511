import type { ListedSet } from "../model/listing.ts";
import { mainTable, type TableName } from "../model/table_name.ts";
import { clip, NftError, refusal } from "./nft_error.ts";
import { NftProgram, type NftProgramOptions, oldestNft } from "./nft_program.ts";
import { isAtLeast, tryParseVersion } from "./nft_version.ts";
import { isScript, removeScript, ScriptFile } from "./script_file.ts";
import { checkStatement } from "./statement.ts";

/** How nft is run. */
export interface NftOptions extends NftProgramOptions {
  /** Where scripts are put for nft to read; default: the system's folder for temporary files. */
  readonly folder?: string;
}

/** What nft says of a thing that is not there; it may go on with what was meant perhaps. */
const missing = /^Error: No such file or directory(?:;|$)/m;

/** The seam to the nft program: one process a call. */
export class Nft {
  readonly #program: NftProgram;
  readonly #folder: string | undefined;

  /** Nothing is run before the first call. */
  constructor({ folder, ...options }: NftOptions = {}) {
    this.#program = new NftProgram(options);
    this.#folder = folder;
  }

  /**
   * Tells nft's version, as "1.0.6".
   *
   * @throws {NftError} "missing", "old" or "not permitted", with one clear line for each.
   */
  async detect(): Promise<string> {
    const { stdout } = await this.#program.run(["--version"], "ask nft for its version");
    const version = tryParseVersion(stdout);
    if (version === undefined) {
      const message = `Cannot use nft: found a version that reads ${clip(stdout.trim())}`;
      throw new NftError("failed", `${message}, expected ${oldestNft} or newer`);
    }
    if (!isAtLeast(version, oldestNft)) {
      throw new NftError("old", `Cannot use nft: found ${version}, expected ${oldestNft} or newer`);
    }
    await this.list(mainTable, { terse: true });
    return version;
  }

  /**
   * Runs a script as one transaction: all of it is in the kernel afterwards, or an error says why.
   *
   * @throws {NftError} "refused": nothing of it is in the kernel; otherwise that is unknown.
   */
  async run(script: string): Promise<void> {
    await this.#load([], script, "apply a transaction");
  }

  /**
   * Lets nft and the kernel judge a script without applying it.
   *
   * @throws {NftError} "refused" where the script would be refused.
   */
  async check(script: string): Promise<void> {
    await this.#load(["--check"], script, "check a script");
  }

  /** One of our tables as nft prints it, without what changes by itself; undefined: there is none. */
  async list(
    table: TableName = mainTable,
    { terse = false }: { readonly terse?: boolean } = {},
  ): Promise<string | undefined> {
    const args = [...(terse ? ["-t"] : []), "-s", "list", "table", ...table.split(" ")];
    return await this.#list(args, `list table ${table}`);
  }

  async #list(args: readonly string[], what: string): Promise<string | undefined> {
    const { success, stdout, stderr } = await this.#program.run(args, what);
    if (success) return stdout;
    if (missing.test(stderr)) return undefined;
    throw refusal(what, stderr, "");
  }

  /** A chain of ours as nft prints it, with the values of its counters; undefined: there is none. */
  async listChain(table: TableName, chain: string): Promise<string | undefined> {
    const what = `list chain ${table} ${chain}`;
    return await this.#list(["list", "chain", ...table.split(" "), chain], what);
  }

  /**
   * What a file of one line says, as those of `/proc/sys` do, which are out of our own reach whatever
   * our rights: nft quotes the line as no statement of its. Undefined: there is no such file.
   */
  async quote(path: string): Promise<string | undefined> {
    const { stderr } = await this.#program.run(["--check", "-f", path], `read ${path}`);
    const [, line] = /: Error: syntax error[^\n]*\n([^\n]+)\n/.exec(stderr) ?? [];
    if (line !== undefined) return line.trim();
    if (/: No such file or directory$/m.test(stderr)) return undefined;
    throw new NftError("failed", `Cannot read ${path}: ${clip(stderr.trim())}`, { stderr });
  }

  /**
   * Some sets and maps of one of our tables as nft prints them, each in a table of its own; those
   * that are not there are left out.
   *
   * @throws {NftError} when nft says anything but that some are not there.
   */
  async listSets(
    table: TableName,
    sets: ReadonlyMap<string, Pick<ListedSet, "kind">>,
  ): Promise<string> {
    const what = `list sets of table ${table}`;
    // A line for each: of several in one script nft would know the last alone.
    const lines = [...sets].map(([name, { kind }]) => `list ${kind} ${table} ${name}`);
    for (const line of lines) checkStatement(line);
    const { success, stdout, stderr } = await this.#program.run(
      ["-s", "-i"],
      what,
      `${lines.join("\n")}\n`,
    );
    const errors = stderr.match(/^Error: .*$/gm) ?? [];
    if (success && errors.every((error) => missing.test(error))) return stdout;
    throw refusal(what, stderr, "");
  }

  /**
   * Removes the scripts that are left: our own, at our end, and those of an agent that was killed.
   * Tells whether there were any: some nft may be at work on one of them for some time yet.
   */
  async clear(): Promise<boolean> {
    let isAny = false;
    if (this.#folder === undefined) return isAny;
    for await (const { name } of Deno.readDir(this.#folder)) {
      if (!isScript(name)) continue;
      removeScript(`${this.#folder}/${name}`);
      isAny = true;
    }
    return isAny;
  }

  /** A file for a script, where this nft's own are. */
  scriptFile(): ScriptFile {
    return new ScriptFile(this.#folder);
  }

  /** Starts an interactive nft: each line on its stdin is one transaction. */
  interactive(): Deno.ChildProcess {
    // Its prompts, and what it echoes, are of no interest, but a full pipe would stop it.
    return this.#program.spawn(["-i"], { stdin: "piped", stdout: "null" });
  }

  async #load(args: readonly string[], script: string, what: string): Promise<void> {
    const file = this.scriptFile();
    try {
      const path = file.write(script);
      const { success, code, stderr } = await this.#program.run([...args, "-f", path], what);
      if (success) return;
      if (code === 1) throw refusal(what, stderr, script);
      throw new NftError("failed", `Cannot ${what}: nft ended with code ${code}`, { stderr });
    } finally {
      file.remove();
    }
  }
}
