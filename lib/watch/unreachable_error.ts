// This module is pure.

/** There was no answer, or not the whole of it: the server is away, or somebody in between. */
export class UnreachableError extends Error {
  /** Tells it from other errors. */
  override readonly name = "UnreachableError";

  /** `url` is what was asked for; the message names its server only. */
  constructor(url: string, cause: unknown) {
    super(`Cannot reach ${URL.parse(url)?.origin ?? url}: ${reasonOf(cause)}`, { cause });
  }
}

/** Fetch hides its reason in a cause and repeats the URL, with all its query. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message.replace(/^error sending request .*?: (?=client error|operation|http)/, "");
}
