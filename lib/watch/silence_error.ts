// This module is pure.

/** Nothing arrived for so long that the connection is taken for dead. */
export class SilenceError extends Error {
  /** Tells it from other errors. */
  override readonly name = "SilenceError";
  /** When something arrived last, as `performance.now()`. */
  readonly heardAt: number;

  /** Says what came to nothing, as `follow pods`, and for how long there was silence. */
  constructor(task: string, { limitMs, heardAt }: { limitMs: number; heardAt: number }) {
    super(`Cannot ${task}: nothing arrived for ${limitMs / 1000} s`);
    this.heardAt = heardAt;
  }
}
