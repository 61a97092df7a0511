// This module is pure.
import { escapeUnits } from "../model/escape.ts";
import type { Issue } from "../model/issue.ts";
import { noIssues } from "./decode.ts";

/** Collects the issues of one object while it is decoded. */
export class Report {
  readonly #object: string;
  #issues: Issue[] | undefined;

  /** `object` is the object as `Kind namespace/name`. */
  constructor(object: string) {
    this.#object = object;
  }

  /** Notes that `found` stands at `field` where `expected` belongs. */
  add(field: string, found: unknown, expected: string): void {
    const issue = { object: this.#object, field, found: formatFound(found), expected };
    (this.#issues ??= []).push(issue);
  }

  /** How many issues there are so far: whoever reads a part can tell whether it was in order. */
  get size(): number {
    return this.#issues?.length ?? 0;
  }

  /** The issues in the order in which they were found. */
  get issues(): readonly Issue[] {
    return this.#issues ?? noIssues;
  }
}

const longestFound = 60;

/** What nobody would see, or what a terminal would obey: controls, formats, ends of lines. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/** Prints any value on one short line, as JSON where it can be; what cannot be seen is escaped. */
export function formatFound(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = formatJson(value).replace(invisible, escapeUnits).replace(/\s+/g, " ");
  return text.length <= longestFound ? text : `${cut(text, longestFound - 1)}…`;
}

/** The beginning of a text, in whole characters. */
function cut(text: string, length: number): string {
  const beginning = text.slice(0, length);
  return beginning.isWellFormed() ? beginning : beginning.slice(0, -1);
}

function formatJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? notJson(value);
  } catch { // a cycle or a bigint
    return notJson(value);
  }
}

function notJson(value: unknown): string {
  return `${typeof value === "object" ? "an object" : `a ${typeof value}`} that JSON cannot hold`;
}
