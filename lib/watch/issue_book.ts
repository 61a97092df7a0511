import { getLogger } from "@logtape/logtape";
import type { Fields } from "../decode/fields.ts";
import { formatIssue, type Issue } from "../model/issue.ts";
import { objectName } from "./object_name.ts";

const logger = getLogger(["hedgerow", "watch"]);

/** What could not be understood in the objects of one kind, as they are now. */
export class IssueBook {
  /** object -> its issues, a line each */
  #byObject = new Map<string, readonly string[]>();

  /** A line for each issue. */
  get lines(): readonly string[] {
    return [...this.#byObject.values()].flat();
  }

  /** Notes what was found in an object; what is the same as before is not logged again. */
  note(object: Fields, issues: readonly Issue[]): void {
    this.#set(objectName(object), issues.map(formatIssue));
  }

  /** The object is gone. */
  forget(object: Fields): void {
    if (this.#byObject.size > 0) this.#byObject.delete(objectName(object));
  }

  /** Takes what was found in a whole list; objects that are not in it are gone. */
  replace(found: ReadonlyMap<string, readonly Issue[]>): void {
    for (const name of this.#byObject.keys()) if (!found.has(name)) this.#byObject.delete(name);
    for (const [name, issues] of found) this.#set(name, issues.map(formatIssue));
  }

  #set(name: string, lines: readonly string[]): void {
    const before = this.#byObject.get(name);
    if (lines.length === 0) this.#byObject.delete(name);
    else this.#byObject.set(name, lines);
    for (const issue of lines) {
      if (!before?.includes(issue)) logger.warning("Not understood: {issue}", { issue });
    }
  }
}
