// This module is pure.

/** Where something stands in the manifests. */
export interface ManifestPlace {
  /** The path of the file. */
  readonly file: string;
  /** From 1; undefined where it is about the whole file. */
  readonly line?: number | undefined;
  /** From 1. */
  readonly column?: number | undefined;
}

/** A file or a directory of manifests that cannot be read. */
export class ManifestError extends Error {
  /** Tells it from other errors in logs. */
  override readonly name = "ManifestError";
  /** Where it cannot be read. */
  readonly place: ManifestPlace;

  /** The message is `Cannot read FILE:LINE:COLUMN: REASON`, on one line. */
  constructor(place: ManifestPlace, reason: string, options?: ErrorOptions) {
    super(`Cannot read ${formatPlace(place)}: ${reason.replace(/\s+/g, " ")}`, options);
    this.place = place;
  }
}

/** Prints a place as editors and compilers do: `web.yaml:12:3`. */
export function formatPlace({ file, line, column }: ManifestPlace): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}
