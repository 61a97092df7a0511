/** A command line that cannot be followed; the message says which part, and what it takes. */
export class UsageError extends Error {
  /** What `String(error)` puts before the message. */
  override readonly name = "UsageError";
}

/** The text that was asked for by `--help`. */
export class HelpRequested extends Error {
  /** What `String(error)` puts before the message. */
  override readonly name = "HelpRequested";
}
