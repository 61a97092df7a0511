/** Colours and weights, by what they are for. */
const styles = {
  title: "1",
  dim: "2",
  open: "32",
  shut: "90",
  opened: "1;30;42",
  closed: "1;97;41",
  good: "32",
  bad: "1;31",
  name: "36",
} as const;

/** What a text is. */
export type Style = keyof typeof styles;

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPIN_MS = 80;

/**
 * Where the demo writes: colours and a line that moves while something goes on where it is a
 * terminal, plain lines where it is not. NO_COLOR is honoured.
 */
export class Screen {
  readonly #isTerminal = Deno.stdout.isTerminal();
  readonly #colours = this.#isTerminal && !Deno.env.get("NO_COLOR");
  #isClosed = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Writes lines; none: an empty one. */
  print(...lines: readonly string[]): void {
    this.#clear();
    this.#write(`${lines.join("\n")}\n`);
  }

  /** A text in its style. */
  paint(style: Style, text: string): string {
    return this.#colours ? `\x1b[${styles[style]}m${text}\x1b[0m` : text;
  }

  /** Shows that something goes on until it ends. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (!this.#isTerminal) return await work();
    let turn = 0;
    const show = (): void => {
      const sign = spinner[turn++ % spinner.length] ?? "";
      this.#write(`\r\x1b[2K  ${this.paint("name", sign)} ${this.paint("dim", what)}`);
    };
    show();
    this.#timer = setInterval(show, SPIN_MS);
    try {
      return await work();
    } finally {
      this.#clear();
    }
  }

  /** Whether nothing is written any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Writes nothing more. */
  close(): void {
    this.#clear();
    this.#isClosed = true;
  }

  /** Takes the moving line away. */
  #clear(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#write("\r\x1b[2K");
  }

  #write(text: string): void {
    if (this.#isClosed) return;
    const bytes = new TextEncoder().encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      this.#isClosed = true;
      Deno.kill(Deno.pid, "SIGTERM"); // nobody looks on any more
    }
  }
}
