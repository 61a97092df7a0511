/** The error codes of the CNI specification, and ours above them (100 and more are a plugin's own). */
export const errorCodes = {
  incompatibleVersion: 1,
  unsupportedField: 2,
  invalidEnvironment: 4,
  ioFailure: 5,
  undecodable: 6,
  invalidConfig: 7,
  tryAgainLater: 11,
  notAvailable: 50,
  /** The agent answered, and its answer is no for good. */
  refused: 100,
  /** What libcni's own plugins call an internal error. */
  internal: 999,
} as const;

/** Why a command failed, as the specification has it told ("Error" among its result types). */
export class CniError extends Error {
  /** What `String(error)` puts before the message. */
  override readonly name = "CniError";
  /** One of `errorCodes`. */
  readonly code: number;
  /** Where to look; "" where the message says it all. */
  readonly details: string;

  /** The message becomes `msg`. */
  constructor(code: keyof typeof errorCodes, message: string, details = "") {
    super(message);
    this.code = errorCodes[code];
    this.details = details;
  }
}
