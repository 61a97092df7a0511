import { isNotPermitted, NftError, notPermitted } from "./nft_error.ts";

/** The oldest nft whose grammar knows every form of the ruleset. */
export const oldestNft = "1.0.6";

/** Which program nft is. */
export interface NftProgramOptions {
  /** The program and what stands before its own arguments; default: nft, found by PATH. */
  readonly command?: readonly [string, ...string[]];
  /** After this time a process is killed; a full load of 6000 chains takes about 5 seconds. */
  readonly deadlineMs?: number;
}

/** How a run of nft has ended. */
export interface Outcome {
  /** Whether it did what it was told. */
  readonly success: boolean;
  /** Its exit code. */
  readonly code: number;
  /** What ended it; null: it ended by itself. */
  readonly signal: string | null;
  /** All that it wrote to its standard output. */
  readonly stdout: string;
  /** All that it wrote to its standard error. */
  readonly stderr: string;
}

/** The program itself, and how its processes are run. */
export class NftProgram {
  readonly #name: string;
  readonly #prefix: readonly string[];
  readonly #deadlineMs: number;

  /** Nothing is run before the first call. */
  constructor({ command = ["nft"], deadlineMs = 30_000 }: NftProgramOptions) {
    [this.#name] = command;
    this.#prefix = command.slice(1);
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Runs it to its end.
   *
   * @param what What it is run for, behind "Cannot" in errors.
   * @param input Its whole standard input; default none.
   * @throws {NftError} "deadline", "not permitted", "missing", or "failed" where a signal ended it.
   */
  async run(args: readonly string[], what: string, input?: string): Promise<Outcome> {
    const stdin = input === undefined ? "null" : "piped";
    const child = this.spawn(args, { stdin, stdout: "piped" });
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

  /**
   * Starts it.
   *
   * @throws {NftError} "missing" where it is not to be found.
   */
  spawn(
    args: readonly string[],
    pipes: Pick<Deno.CommandOptions, "stdin" | "stdout">,
  ): Deno.ChildProcess {
    const command = new Deno.Command(this.#name, {
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
        const message = `Cannot find ${this.#name}: not on PATH; install nftables`;
        throw new NftError("missing", `${message} ${oldestNft} or newer`, { cause });
      }
      throw new NftError("failed", `Cannot run ${this.#name}: ${cause}`, { cause });
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
