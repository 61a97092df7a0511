// This module is pure.
import type { Ruleset } from "../../../lib/model/ruleset.ts";
import { difference } from "../../../lib/render/difference.ts";
import { listRuleset } from "../../../lib/render/listing.ts";

/**
 * The script of a table whose `forward` asks every packet its questions so many times over. What is
 * allowed returns and is asked again: one packet is so many evaluations, which can be timed.
 */
export function amplifiedScript(ruleset: Ruleset, times: number): string {
  const forward = ruleset.chains.get("forward");
  if (forward === undefined) throw new Error("Cannot amplify a table: it has no chain forward");
  const rules = Array.from({ length: times }, () => forward.rules).flat();
  const chains = new Map(ruleset.chains).set("forward", { ...forward, rules });
  return difference(undefined, listRuleset({ ...ruleset, chains })).flat()
    .map((statement) => `${statement}\n`).join("");
}
