// This module is pure.

/** The server sent what is not of the API. */
export class GarbledError extends Error {
  /** Tells it from other errors. */
  override readonly name = "GarbledError";

  /** `found` is what came instead; none of its content, as that may be secret. */
  constructor(found: string, options?: ErrorOptions) {
    super(`Cannot read the API server's answer: found ${found}`, options);
  }
}
