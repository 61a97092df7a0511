import { getLogger } from "@logtape/logtape";
import { formatTie, type TierTie } from "../model/priority_tie.ts";

const logger = getLogger(["hedgerow", "reconcile"]);

/** The ties between policies (CNP-17): each is logged when it appears, and then is but known. */
export class TieLog {
  #known: ReadonlyMap<string, TierTie> = new Map();

  /** Those of the last pass, sorted. */
  get ties(): readonly TierTie[] {
    return [...this.#known.values()];
  }

  /** Takes the ties of a pass. */
  update(ties: readonly TierTie[]): void {
    const before = this.#known;
    this.#known = new Map(ties.map((tie) => [formatTie(tie), tie]));
    for (const text of this.#known.keys()) {
      if (!before.has(text)) logger.warn("{tie}", { tie: text });
    }
  }
}
