// This module is pure.
import type { Chain, Ruleset } from "../../../lib/model/ruleset.ts";
import { difference } from "../../../lib/render/difference.ts";
import { listRuleset } from "../../../lib/render/listing.ts";

/**
 * The script of a table that asks every forwarded packet its questions so many times over: one packet
 * is so many evaluations, which can be timed. What `forward` allows returns and is asked again. What
 * `prerouting` accepts has been through that base chain alone, so that of it there are so many.
 */
export function amplifiedScript(ruleset: Ruleset, times: number): string {
  const { forward, prerouting } = Object.fromEntries(ruleset.chains);
  if (forward === undefined) throw new Error("Cannot amplify a table: it has no chain forward");
  const rules = Array.from({ length: times }, () => forward.rules).flat();
  const chains = new Map(ruleset.chains).set("forward", { ...forward, rules });
  if (prerouting !== undefined) {
    for (const copy of copiesOf(prerouting, times - 1)) chains.set(copy.name, copy);
  }
  return difference(undefined, listRuleset({ ...ruleset, chains })).flat()
    .map((statement) => `${statement}\n`).join("");
}

function copiesOf(chain: Chain, count: number): readonly Chain[] {
  return Array.from({ length: count }, (_, i) => ({ ...chain, name: `${chain.name}-${i + 2}` }));
}
