import { getLogger } from "@logtape/logtape";
import type { Group } from "../model/group.ts";
import { formatTie, type TierTie } from "../model/priority_tie.ts";
import { priorityTies } from "../translate/ties.ts";

const logger = getLogger(["hedgerow", "reconcile"]);

/** The ties between policies (CNP-17): each is logged when it appears, and then is but known. */
export class TieLog {
  #groups: readonly Group[] = [];
  #known: ReadonlyMap<string, TierTie> = new Map();

  /** Those of the last pass, sorted. */
  get ties(): readonly TierTie[] {
    return [...this.#known.values()];
  }

  /** Takes the groups of a pass: the same list has the same ties. */
  update(groups: readonly Group[]): void {
    if (groups === this.#groups) return;
    const before = this.#known;
    this.#groups = groups;
    this.#known = new Map(priorityTies(groups).map((tie) => [formatTie(tie), tie]));
    for (const text of this.#known.keys()) {
      if (!before.has(text)) logger.warn("{tie}", { tie: text });
    }
  }
}
