import { delay, monotonicMs } from "./clock.ts";
import { httpGet, type HttpReply } from "./http_get.ts";
import { SystemError } from "./libc.ts";
import { inNetns } from "./netns.ts";
import type { Host } from "./topology.ts";

/** Where every agent of the lab listens: each on its own node's loopback. */
const PORT = 9080;
const root = new URL("../../", import.meta.url);
/** As the task names it. */
const sources = "main.ts";

/** Which agent is wanted. */
export interface AgentSpec {
  readonly node: Host;
  /** Flags of `hedgerow agent` besides `--node-name` and `--listen`. */
  readonly args: readonly string[];
  /** Environment variables besides the lab's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of `deno run` besides those of its task, as `--cpu-prof`. */
  readonly runtime?: readonly string[];
  /** What is run; default: the program's sources. */
  readonly program?: string;
}

/**
 * A real agent: the program itself, as `deno task agent` starts it, in a node's network namespace.
 * It is started without `deno task` in between, so that its signals and its exit are its own.
 */
export class Agent implements AsyncDisposable {
  readonly #spec: AgentSpec;
  readonly #log: string[] = [];
  #child: Deno.ChildProcess | undefined;
  #exit: Promise<Deno.CommandStatus> | undefined;
  #readers: Promise<unknown> = Promise.resolve();

  /** Makes the handle and starts the program. */
  constructor(spec: AgentSpec) {
    this.#spec = spec;
    this.start();
  }

  /** Every line that it has written, all its starts together. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** The process number of the program itself. */
  get pid(): number {
    return this.#running().pid;
  }

  /** Whether the program runs. */
  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Settles when the program has ended and all it wrote is in the log. */
  get exit(): Promise<Deno.CommandStatus> {
    if (this.#exit === undefined) throw new Error("Cannot wait for an agent: it never started");
    return this.#exit;
  }

  /** Starts the program; it must not be running. */
  start(): void {
    if (this.#child !== undefined) throw new Error("Cannot start an agent: it is running");
    const { node, args, env = {}, runtime = [], program = sources } = this.#spec;
    const task = agentTask();
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        ...runtime,
        ...task.args.map((arg) => arg === sources ? program : arg),
        "--node-name",
        node.name,
        "--listen",
        `127.0.0.1:${PORT}`,
        ...args,
      ],
      cwd: root,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      env: { ...task.env, ...env },
    });
    const child = inNetns(node.netns, () => command.spawn());
    this.#child = child;
    this.#readers = Promise.all([this.#read(child.stdout), this.#read(child.stderr)]);
    this.#exit = this.#end(child);
  }

  /** Waits until `/readyz` says yes; an agent that ends instead is an error with its last lines. */
  async ready(timeoutMs = 20_000): Promise<void> {
    const deadline = monotonicMs() + timeoutMs;
    for (;;) {
      if (this.#child === undefined) {
        await this.exit; // its last lines are in the log then
        throw new Error(`Cannot wait for ${this.#told("it ended")}`);
      }
      const reply = await this.#tryGet("/readyz", deadline - monotonicMs());
      if (reply?.status === 200) return;
      if (monotonicMs() > deadline) {
        const said = reply === undefined ? "no answer" : `${reply.status} ${reply.body.trim()}`;
        throw new Error(`Cannot wait any longer for ${this.#told(`/readyz: ${said}`)}`);
      }
      await delay(10);
    }
  }

  /** Asks its health and metrics server. */
  get(path: string, timeoutMs?: number): Promise<HttpReply> {
    const question = { port: PORT, path, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    return httpGet(this.#spec.node.netns, question);
  }

  /** The sum of a metric over all its labels, or over those whose text contains `label`. */
  async metric(name: string, label = ""): Promise<number> {
    const { body } = await this.get("/metrics");
    const lines = body.split("\n").filter((line) =>
      new RegExp(`^${name}[ {]`).test(line) && line.includes(label)
    );
    if (lines.length === 0) throw new Error(`Cannot read metric ${name} ${label}: it is not there`);
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  }

  /** Sends a signal without waiting for what it does. */
  signal(signal: Deno.Signal): void {
    this.#running().kill(signal);
  }

  /** Ends it and waits; SIGKILL leaves it no time for anything. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<Deno.CommandStatus> {
    this.signal(signal);
    return await this.exit;
  }

  /** Ends it if it runs: politely, and after two seconds by force. */
  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), 2000);
    await this.exit;
    clearTimeout(force);
  }

  /** Undefined while nobody listens yet, or any more. */
  async #tryGet(path: string, timeoutMs: number): Promise<HttpReply | undefined> {
    try {
      return await this.get(path, timeoutMs);
    } catch (error) {
      if (error instanceof SystemError) return undefined;
      throw error;
    }
  }

  async #end(child: Deno.ChildProcess): Promise<Deno.CommandStatus> {
    const status = await child.status;
    this.#child = undefined;
    await this.#readers;
    return status;
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      this.#log.push(...lines);
    }
    if (rest !== "") this.#log.push(rest);
  }

  #running(): Deno.ChildProcess {
    if (this.#child !== undefined) return this.#child;
    throw new Error(`Cannot reach ${this.#told("it is not running")}`);
  }

  #told(state: string): string {
    const lines = this.#log.slice(-12).map((line) => `\n  ${line}`).join("");
    return `the agent of ${this.#spec.node.name}: ${state}; its last lines:${lines}`;
  }
}

/** What `deno task agent` runs, so that the lab's agents run with the same permissions. */
function agentTask(): {
  readonly env: Readonly<Record<string, string>>;
  /** Behind `deno run`. */
  readonly args: readonly string[];
} {
  const config: unknown = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
  const task = (config as { readonly tasks: { readonly agent: string } }).tasks.agent;
  const [before, args] = task.split("deno run ");
  const assignments = before?.split(" ").filter((word) => word !== "") ?? [];
  const words = args?.split(" ") ?? [];
  if (!words.includes(sources) || !assignments.every((word) => word.includes("="))) {
    throw new Error(`Cannot start an agent: its task is ${task}`);
  }
  const env = assignments.map((word) => [word.split("=")[0], word.slice(word.indexOf("=") + 1)]);
  return { env: Object.fromEntries(env), args: words };
}
