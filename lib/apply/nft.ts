import type { ListedSet } from "../model/listing.ts";
import { clip, isNotPermitted, NftError, notPermitted, refusal } from "./nft_error.ts";
import { mainTable, type TableName } from "../model/table_name.ts";
import { isAtLeast, tryParseVersion } from "./nft_version.ts";
import { isScript, removeScript, ScriptFile } from "./script_file.ts";
import { checkStatement } from "./statement.ts";

/** The oldest nft whose grammar knows every form of the ruleset. */
const oldest = "1.0.6";

/** How nft is run. */
export interface NftOptions {
  /** The program and what stands before its own arguments; default: nft, found by PATH. */
  readonly command?: readonly [string, ...string[]];
  /** Where scripts are put for nft to read; default: the system's folder for temporary files. */
  readonly folder?: string;
  /** After this time a process is killed; a full load of 6000 chains takes about 5 seconds. */
  readonly deadlineMs?: number;
}

/** What nft says of a thing that is not there; it may go on with what was meant perhaps. */
const missing = /^Error: No such file or directory(?:;|$)/m;

interface Outcome {
  readonly success: boolean;
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The seam to the nft program: one process a call. */
export class Nft {
  readonly #program: string;
  readonly #prefix: readonly string[];
  readonly #deadlineMs: number;
  readonly #folder: string | undefined;

  /** Nothing is run before the first call. */
  constructor({ command = ["nft"], deadlineMs = 30_000, folder }: NftOptions = {}) {
    [this.#program] = command;
    this.#prefix = command.slice(1);
    this.#deadlineMs = deadlineMs;
    this.#folder = folder;
  }

  /**
   * Tells nft's version, as "1.0.6".
   *
   * @throws {NftError} "missing", "old" or "not permitted", with one clear line for each.
   */
  async detect(): Promise<string> {
    const { stdout } = await this.#run(["--version"], "ask nft for its version");
    const version = tryParseVersion(stdout);
    if (version === undefined) {
      const message = `Cannot use nft: found a version that reads ${clip(stdout.trim())}`;
      throw new NftError("failed", `${message}, expected ${oldest} or newer`);
    }
    if (!isAtLeast(version, oldest)) {
      throw new NftError("old", `Cannot use nft: found ${version}, expected ${oldest} or newer`);
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
    const { success, stdout, stderr } = await this.#run(args, what);
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
    const { stderr } = await this.#run(["--check", "-f", path], `read ${path}`);
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
    const { success, stdout, stderr } = await this.#run(
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
    return this.#spawn(["-i"], { stdin: "piped", stdout: "null" });
  }

  async #load(args: readonly string[], script: string, what: string): Promise<void> {
    const file = this.scriptFile();
    try {
      const path = file.write(script);
      const { success, code, stderr } = await this.#run([...args, "-f", path], what);
      if (success) return;
      if (code === 1) throw refusal(what, stderr, script);
      throw new NftError("failed", `Cannot ${what}: nft ended with code ${code}`, { stderr });
    } finally {
      file.remove();
    }
  }

  async #run(args: readonly string[], what: string, input?: string): Promise<Outcome> {
    const stdin = input === undefined ? "null" : "piped";
    const child = this.#spawn(args, { stdin, stdout: "piped" });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      kill(child);
    }, this.#deadlineMs);
    try {
      const [output] = await Promise.all([child.output(), input && feed(child, input)]);
      const { success, code, signal } = output;
      const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
      const outcome = {
        ...{ success, code, signal },
        ...{ stdout: decode(output.stdout), stderr: decode(output.stderr) },
      };
      return judge(outcome, what, late ? this.#deadlineMs : undefined);
    } finally {
      clearTimeout(timer);
    }
  }

  #spawn(
    args: readonly string[],
    pipes: Pick<Deno.CommandOptions, "stdin" | "stdout">,
  ): Deno.ChildProcess {
    const command = new Deno.Command(this.#program, {
      args: [...this.#prefix, ...args],
      // Its messages are read: no locale, no settings. It would write a history of its lines to HOME.
      clearEnv: true,
      env: { HOME: "/dev/null" },
      ...pipes,
      stderr: "piped",
    });
    try {
      return command.spawn();
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) {
        const message = `Cannot find ${this.#program}: not on PATH; install nftables`;
        throw new NftError("missing", `${message} ${oldest} or newer`, { cause });
      }
      throw new NftError("failed", `Cannot run ${this.#program}: ${cause}`, { cause });
    }
  }
}

function judge(outcome: Outcome, what: string, passedMs: number | undefined): Outcome {
  const { success, signal, stderr } = outcome;
  if (passedMs !== undefined && !success) {
    throw new NftError("deadline", `Cannot ${what}: nft was killed after ${passedMs} ms`);
  }
  if (signal !== null) {
    throw new NftError("failed", `Cannot ${what}: nft was ended by ${signal}`, { stderr });
  }
  if (!success && isNotPermitted(stderr)) throw notPermitted(stderr);
  return outcome;
}

async function feed({ stdin }: Deno.ChildProcess, input: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch (error) {
    // It has ended, and how says why.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Ends a process for good, whatever state it is in. */
export function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has ended by itself in the meantime.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}
