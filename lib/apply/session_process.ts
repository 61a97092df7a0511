import { readAnswer } from "./session_answer.ts";
import { kill } from "./nft_program.ts";
import { clip } from "./nft_error.ts";

/** The kept session died, hung or was not understood: whether the line is in the kernel is unknown. */
export class SessionLost extends Error {
  /** Says in which way it was lost. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SessionLost";
  }
}

/** More than any error that nft prints: past it somebody else is talking. */
const mostSaid = 1 << 20;

const encoder = new TextEncoder();

interface Waiting {
  readonly sentinel: string;
  readonly settle: (refused: boolean) => void;
  readonly fail: (error: SessionLost) => void;
}

/** One running `nft -i`. It takes a line at a time, and is of no use after the first doubt. */
export class SessionProcess {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #ended: Promise<unknown>;
  #said = "";
  #waiting: Waiting | undefined;
  #lost: SessionLost | undefined;
  #asked = 0;

  /** Takes over a process that has just been started. */
  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#ended = Promise.allSettled([this.#listen(), child.status]);
  }

  /** Why it is of no use any more; undefined while it is. */
  get lost(): SessionLost | undefined {
    return this.#lost;
  }

  /** How many lines it was sent, sentinels apart. */
  get asked(): number {
    return this.#asked;
  }

  /**
   * Sends a line and waits for its answer: undefined when it was carried out, and what nft said
   * when it was refused, of which nothing is in the kernel then.
   *
   * @throws {SessionLost} in every other case; the process has ended by then.
   */
  async ask(line: string, sentinel: string, deadlineMs: number): Promise<string | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    this.#waiting = { sentinel, settle: resolve, fail: reject };
    const timer = setTimeout(
      () => this.#lose(`no answer within ${deadlineMs} ms`),
      deadlineMs,
    );
    try {
      if (this.#lost !== undefined) throw this.#lost;
      if (this.#said !== "") this.#lose("it spoke without being asked");
      this.#asked++;
      this.#send(`${line}\n${sentinel}\n`);
      const refused = await promise;
      const said = this.#said;
      this.#said = "";
      return refused ? said : undefined;
    } catch (error) {
      this.#waiting = undefined;
      // Only when it has ended can nothing of the line reach the kernel any more.
      await this.end();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  /** Kills the process and waits until it has ended. */
  async end(): Promise<void> {
    this.#lost ??= new SessionLost("Lost nft session: it was ended");
    kill(this.#child);
    await this.#writer.abort().catch(() => undefined); // where the pipe is broken already
    await this.#ended;
  }

  #send(text: string): void {
    this.#writer.write(encoder.encode(text))
      .catch((cause: unknown) => this.#lose("it does not read", cause));
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.#child.stderr) {
        this.#hear(decoder.decode(chunk, { stream: true }));
      }
      this.#lose("it ended");
    } catch (cause) {
      this.#lose("its stderr cannot be read", cause);
    }
  }

  #hear(chunk: string): void {
    this.#said += chunk;
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    if (this.#said.length > mostSaid) return this.#lose("it does not stop talking");
    const { kind } = readAnswer(this.#said, waiting.sentinel);
    if (kind === "done" || kind === "refused") waiting.settle(kind === "refused");
    else if (kind === "not understood") this.#lose(`it said ${JSON.stringify(clip(this.#said))}`);
  }

  #lose(why: string, cause?: unknown): void {
    this.#lost ??= new SessionLost(`Lost nft session: ${why}`, { cause });
    this.#waiting?.fail(this.#lost);
  }
}
