/** A flag of a command; each is an environment variable too. */
export interface Flag {
  /** As `--socket <path>`; without a value it is true where it stands. */
  readonly form: string;
  /** What it is for. */
  readonly help: string;
  /** The words that it takes. */
  readonly choices?: readonly string[];
  /** Reads its value, or throws commander's `InvalidArgumentError`. */
  readonly parse?: (value: string) => unknown;
  /** What it is where it does not stand. */
  readonly otherwise?: unknown;
  /** How help tells that. */
  readonly otherwiseTold?: string;
}

/** What a command is called, and which flags it takes. */
export interface CommandForm {
  /** The first word of the command line. */
  readonly name: string;
  /** What it does. */
  readonly help: string;
  /** In the order in which help tells of them. */
  readonly flags: readonly Flag[];
}
