import { formatIssue } from "../model/issue.ts";
import { formatPlace } from "./manifest_error.ts";
import { ManifestSource } from "./manifests.ts";
import type { Sinks } from "./sink.ts";

/** How one kind of objects is followed. */
export interface SourceStatus {
  /** `pods`, `namespaces`, …, or `manifests` for all of them. */
  readonly name: string;
  /** True once it has been told whole. */
  readonly isSynced: boolean;
  /** Since when it has not been heard of, as `performance.now()`; undefined while it is there. */
  readonly awaySince: number | undefined;
  /** What is wrong with it; undefined when nothing is. */
  readonly problem: string | undefined;
  /** What could not be understood in its objects, a line each. */
  readonly issues: readonly string[];
  /** How many lists it has asked for. */
  readonly lists: number;
  /** Watches begun, with those begun anew. */
  readonly watches: number;
}

/** Where objects come from, whichever it is. */
export interface Source {
  /** Feeds the sinks until the signal aborts. Rejects when it cannot even begin. */
  run(signal: AbortSignal): Promise<void>;
  /** How each of its kinds fares. */
  status(): readonly SourceStatus[];
}

/** The objects that the files below a directory describe. */
export function manifestSource(directory: string, sinks: Sinks): Source {
  const source = new ManifestSource(directory, sinks);
  return {
    run: (signal) => source.run(signal),
    status: () => {
      const { synced, errors, issues, pictures } = source.status;
      return [{
        name: "manifests",
        isSynced: synced,
        awaySince: undefined,
        problem: errors.length === 0 ? undefined : errors.join("; "),
        issues: issues.map((issue) => `${formatPlace(issue)}: ${formatIssue(issue)}`),
        lists: pictures,
        watches: 0,
      }];
    },
  };
}
