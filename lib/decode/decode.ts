// This module is pure.
import type { Issue } from "../model/issue.ts";

/** What could be made of one object of the API. Decoding never throws. */
export interface Decoded<T> {
  /** Undefined only where the thing cannot even be named: no record can stand for it. */
  readonly object: T | undefined;
  /** What could not be understood; empty for an object in order. */
  readonly issues: readonly Issue[];
}

/** No issues: one list for all the objects that are in order. */
export const noIssues: readonly Issue[] = [];
