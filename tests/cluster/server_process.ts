import { until } from "../lab/clock.ts";

/** How a server is started. */
export interface ServerOptions {
  readonly args: readonly string[];
  /** Where its log goes. */
  readonly folder: string;
}

/** A server of the control plane: a process that ends with ours, whatever happens to us. */
export class ServerProcess implements AsyncDisposable {
  readonly #name: string;
  readonly #log: string;
  readonly #child: Deno.ChildProcess;
  readonly #logged: Promise<unknown>;
  #hasEnded = false;

  private constructor(name: string, log: string, child: Deno.ChildProcess) {
    this.#name = name;
    this.#log = log;
    this.#child = child;
    this.#logged = this.#writeLog();
    child.status.then(() => this.#hasEnded = true);
  }

  /** Starts a program; the log of an earlier one of the same name is continued. */
  static start(program: string, { args, folder }: ServerOptions): ServerProcess {
    const name = program.slice(program.lastIndexOf("/") + 1);
    const child = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", program, ...args],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    return new ServerProcess(name, `${folder}/${name}.log`, child);
  }

  /** Waits until it does what it is for; an end of the process is an error with its last words. */
  async ready(isReady: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
    await until(`${this.#name} is ready`, async () => {
      if (this.#hasEnded) {
        throw new Error(`Cannot go on: ${this.#name} ended: ${await this.tail()}`);
      }
      return await isReady();
    }, { timeoutMs, everyMs: 25 });
  }

  /** The end of its log. */
  async tail(): Promise<string> {
    if (this.#hasEnded) await this.#logged;
    return (await Deno.readTextFile(this.#log)).trim().split("\n").slice(-3).join("\n");
  }

  /** Kills it, as a crash would, and waits for its end. */
  async kill(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#logged;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #writeLog(): Promise<void> {
    const file = await Deno.open(this.#log, { append: true, create: true });
    await this.#child.stderr.pipeTo(file.writable);
  }
}
