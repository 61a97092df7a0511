import { clip, isNotPermitted, NftError, notPermitted, refusal } from "./nft_error.ts";
import { isAtLeast, tryParseVersion } from "./nft_version.ts";

/** The oldest nft whose grammar knows every form of the ruleset. */
const oldest = "1.0.6";

/** The table that is ours. */
const table = ["inet", "hedgerow"] as const;

/** How nft is run. */
export interface NftOptions {
  /** The program and what stands before its own arguments; default: nft, found by PATH. */
  readonly command?: readonly [string, ...string[]];
  /** After this time a process is killed; a full load of 6000 chains takes about 5 seconds. */
  readonly deadlineMs?: number;
}

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

  /** Nothing is run before the first call. */
  constructor({ command = ["nft"], deadlineMs = 30_000 }: NftOptions = {}) {
    [this.#program] = command;
    this.#prefix = command.slice(1);
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Tells nft's version, as "1.0.6".
   *
   * @throws {NftError} "missing", "old" or "not permitted", with one clear line for each.
   */
  async detect(): Promise<string> {
    const { stdout } = await this.#run(["--version"], "", "ask nft for its version");
    const version = tryParseVersion(stdout);
    if (version === undefined) {
      const message = `Cannot use nft: found a version that reads ${clip(stdout.trim())}`;
      throw new NftError("failed", `${message}, expected ${oldest} or newer`);
    }
    if (!isAtLeast(version, oldest)) {
      throw new NftError("old", `Cannot use nft: found ${version}, expected ${oldest} or newer`);
    }
    await this.list({ terse: true });
    return version;
  }

  /**
   * Runs a script as one transaction: all of it is in the kernel afterwards, or an error says why.
   *
   * @throws {NftError} "refused": nothing of it is in the kernel; otherwise that is unknown.
   */
  async run(script: string): Promise<void> {
    await this.#load(["-f", "-"], script, "apply a transaction");
  }

  /**
   * Lets nft and the kernel judge a script without applying it.
   *
   * @throws {NftError} "refused" where the script would be refused.
   */
  async check(script: string): Promise<void> {
    await this.#load(["--check", "-f", "-"], script, "check a script");
  }

  /** Our table as nft prints it, without counters' values; undefined where there is none. */
  async list({ terse = false }: { readonly terse?: boolean } = {}): Promise<string | undefined> {
    const args = [...(terse ? ["-t"] : []), "-s", "list", "table", ...table];
    const what = `list table ${table.join(" ")}`;
    const { success, stdout, stderr } = await this.#run(args, "", what);
    if (success) return stdout;
    if (/^Error: No such file or directory$/m.test(stderr)) return undefined;
    throw refusal(what, stderr, "");
  }

  /** Starts an interactive nft: each line on its stdin is one transaction. */
  interactive(): Deno.ChildProcess {
    return this.#spawn(["-i"]);
  }

  async #load(args: readonly string[], script: string, what: string): Promise<void> {
    const { success, code, stderr } = await this.#run(args, script, what);
    if (success) return;
    if (code === 1) throw refusal(what, stderr, script);
    throw new NftError("failed", `Cannot ${what}: nft ended with code ${code}`, { stderr });
  }

  async #run(args: readonly string[], stdin: string, what: string): Promise<Outcome> {
    const child = this.#spawn(args);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      kill(child);
    }, this.#deadlineMs);
    try {
      // The script is written while output is read: either pipe may fill before the other is done.
      const [output] = await Promise.all([child.output(), write(child.stdin, stdin)]);
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

  #spawn(args: readonly string[]): Deno.ChildProcess {
    const command = new Deno.Command(this.#program, {
      args: [...this.#prefix, ...args],
      // Its messages are read: no locale, no settings. It would write a history of its lines to HOME.
      clearEnv: true,
      env: { HOME: "/dev/null" },
      stdin: "piped",
      stdout: "piped",
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

async function write(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    if (text !== "") await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // nft ended before it had read all: its output says why.
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
