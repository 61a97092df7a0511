import { inNetns } from "./netns.ts";
import type { Host } from "./topology.ts";

/** A program of the lab in a host's network namespace: it is asked by lines of JSON, one by one. */
export class Child implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;

  /** Starts a module beside this one. */
  constructor(host: Host, module: string) {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--frozen", new URL(module, import.meta.url).pathname],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
      env: { DENO_NO_UPDATE_CHECK: "1" }, // its own questions would be counted with ours
    });
    this.#child = inNetns(host.netns, () => command.spawn());
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Asks, and waits for the answer. */
  async ask<T>(question: unknown): Promise<T> {
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(question)}\n`));
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("Cannot ask a program of the lab: it has ended");
    return JSON.parse(value) as T;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {}); // it may have ended by itself
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#lines.return?.();
  }
}

/** Answers the questions that a program of the lab is asked, until there are no more. */
export async function answerQuestions<Q>(answer: (question: Q) => Promise<unknown>): Promise<void> {
  for await (const line of linesOf(Deno.stdin.readable)) {
    const text = JSON.stringify(await answer(JSON.parse(line) as Q));
    await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
