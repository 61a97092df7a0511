import { linesOf } from "../../apiserver/lines.ts";

/** A program that answers each line of its standard input with one of its standard output. */
export class Dialogue implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: AsyncIterator<string>;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#lines = linesOf(child.stdout)[Symbol.asyncIterator]();
  }

  /** Says a line and waits for the answer. */
  async ask(line: string): Promise<string> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
    return await this.hear();
  }

  /** Waits for the next line that it says. */
  async hear({ timeoutMs = 30_000 } = {}): Promise<string> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`Cannot wait any longer (${timeoutMs} ms) for a line`)),
        timeoutMs,
      );
    });
    try {
      const { done, value } = await Promise.race([this.#lines.next(), late]);
      if (done) throw new Error("Cannot hear a program: it has ended");
      return value;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await this.#lines.return?.();
    await this.#writer.abort();
  }
}
