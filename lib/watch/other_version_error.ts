// This module is pure.

/** The server has a kind, and not in the version that we read: there may be objects of it. */
export class OtherVersionError extends Error {
  /** Tells it from other errors. */
  override readonly name = "OtherVersionError";

  /** `path` is where we look for the kind; `versions` are those in which it is served. */
  constructor(path: string, versions: readonly string[]) {
    super(`Cannot read ${path}: the server has the kind in ${versions.join(" and ")} only`);
  }
}
