// This module is pure.

/** Nothing arrived for so long that the connection is taken for dead. */
export class SilenceError extends Error {
  /** Tells it from other errors. */
  override readonly name = "SilenceError";
  /** When something arrived last, as `performance.now()`. */
  readonly heardAt: number;

  /** Says what was silent, and for how long. */
  constructor(what: string, { limitMs, heardAt }: { limitMs: number; heardAt: number }) {
    super(`Cannot follow ${what}: nothing arrived for ${limitMs / 1000} s`);
    this.heardAt = heardAt;
  }
}
