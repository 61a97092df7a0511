import { deepEqual, equal } from "node:assert/strict";
import * as fc from "fast-check";
import { tryParseCidr } from "../../../lib/decode/cidr.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import { isInRanges } from "../../../lib/model/address_range.ts";
import { addressPoint } from "../../../lib/model/address_value.ts";
import type { Action } from "../../../lib/model/cluster_network_policy.ts";
import {
  blocksByAction,
  formatSteps,
  leadsTo,
  stepsTo,
} from "../../../lib/translate/first_match.ts";
import type { UnionPeers } from "../../../lib/translate/peers.ts";
import { podSelection } from "../../../lib/translate/selection.ts";
import { fuzzSeed, say } from "../../fuzz/report.ts";

const actions = ["Accept", "Deny", "Pass"] as const;
/** Of three bits of its number a pod has three properties, each a selection. */
const selections = ["a", "b", "c"].map((name) => podSelection(name, []));
const blocks = ["10.0.0.0/30", "10.0.0.4/30", "10.0.0.0/29", "10.0.0.6/32"].flatMap((text) => {
  return tryParseCidr(text) ?? [];
});

interface Said {
  readonly action: Action;
  readonly peers: UnionPeers;
}

const said: fc.Arbitrary<Said> = fc.record({
  action: fc.constantFrom(...actions),
  peers: fc.record({
    selections: fc.subarray(selections),
    blocks: fc.subarray(blocks),
    names: fc.constant([]),
  }),
});

function isSelected(number: number, key: string): boolean {
  return (number >> selections.findIndex((selection) => selection.key === key) & 1) === 1;
}

Deno.test("CNP-3: whom the first rule accepts, denies and passes, is in one set or block, and in no other", () => {
  const seed = fuzzSeed();
  say(`first matches: HEDGEROW_FUZZ_SEED=${seed}`);
  fc.assert(
    fc.property(fc.array(said, { maxLength: 7 }), (list) => {
      for (let number = 0; number < 8; number++) {
        const address = `10.0.0.${number}` as IpAddress;
        const first = list.find(({ peers }) =>
          peers.selections.some(({ key }) => isSelected(number, key)) ||
          isInRanges(addressPoint(address), peers.blocks)
        );
        const bySelection = actions.filter((action) =>
          leadsTo(stepsTo(action, list), address, ({ key }) => isSelected(number, key))
        );
        const blocks = blocksByAction(list);
        const byBlock = actions.filter((action) =>
          isInRanges(addressPoint(address), blocks[action])
        );
        const decided = bySelection.length > 0 ? bySelection : byBlock;
        deepEqual(decided, first === undefined ? [] : [first.action]);
      }
    }),
    { seed, numRuns: 1000 },
  );
});

Deno.test("what an earlier rule has decided, and what says the same, makes no step more", () => {
  const [a, b] = selections as [typeof selections[0], typeof selections[0]];
  const of = (action: Action, ...some: typeof selections): Said => {
    return { action, peers: { selections: some, blocks: [], names: [] } };
  };
  const list = [of("Deny", a), of("Accept", b), of("Deny", a), of("Accept", a, b), of("Pass", b)];
  equal(formatSteps(stepsTo("Deny", list)), "+ a:");
  equal(formatSteps(stepsTo("Accept", list)), "- a: + b:");
  equal(formatSteps(stepsTo("Pass", list)), "");
});
