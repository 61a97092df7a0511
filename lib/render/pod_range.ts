// This module is pure.
import { families, familyOf } from "../model/address.ts";
import type { AddressRange } from "../model/address_range.ts";
import { formatRange } from "../model/address_value.ts";
import type { Match, Rule } from "../model/nft_rule.ts";
import { bare, type NftSet } from "../model/nft_set.ts";
import type { PodRange } from "../model/node_policy.ts";
import type { Chain } from "../model/ruleset.ts";
import { nftFamily } from "./addresses.ts";
import { knownSetName } from "./names.ts";
import { chain, counted, rule } from "./rules.ts";

/** The sets of the pods that are known; none where nobody is cut off. */
export function podRangeSets(range: PodRange | undefined): readonly NftSet[] {
  if (range === undefined) return [];
  return families.map((family) => {
    const own = range.known.filter((address) => familyOf(address) === family);
    return {
      name: knownSetName(family),
      typeof: `${nftFamily(family)} saddr`,
      ...{ keeping: "plain", comment: "pods in the node's range" },
      elements: new Map(own.map((address) => [address, bare])),
    };
  });
}

/** The chains that cut off whom we do not know, in the order in which they refer to each other. */
export function podRangeChains(blocks: readonly AddressRange[]): readonly Chain[] {
  if (blocks.length === 0) return [];
  const isReply: Match = { kind: "ct direction", direction: "reply" };
  return [
    chain("unknown-pod", [counted([])], "in the node's pod range, and no pod that we know"),
    chain("from-pod-range", unlessKnown("saddr")),
    chain("to-pod-range", unlessKnown("daddr")),
    // NP-46: what the node opens itself, as probes, is not judged.
    chain("from-pod-range-to-node", [
      rule([isReply], { kind: "return" }),
      ...unlessKnown("saddr"),
    ]),
  ];
}

/** Whatever is forwarded. The node's own traffic is not, and so its own addresses are in no danger. */
export function forwardedInRange(
  blocks: readonly AddressRange[],
  ip: "ip" | "ip6",
): readonly Rule[] {
  return blocks.filter(({ family }) => nftFamily(family) === ip).flatMap((block) => [
    rule([isIn(block, "saddr")], { kind: "jump", chain: "from-pod-range" }),
    rule([isIn(block, "daddr")], { kind: "jump", chain: "to-pod-range" }),
  ]);
}

/** What pods send to their node. */
export function toNodeInRange(blocks: readonly AddressRange[]): readonly Rule[] {
  return blocks.map((block) =>
    rule([isIn(block, "saddr")], { kind: "jump", chain: "from-pod-range-to-node" })
  );
}

function unlessKnown(end: "saddr" | "daddr"): readonly Rule[] {
  return [
    ...families.map((family) => {
      const keys = [`${nftFamily(family)} ${end}`] as const;
      return rule([{ kind: "address", keys, set: knownSetName(family) }], { kind: "return" });
    }),
    rule([], { kind: "goto", chain: "unknown-pod" }),
  ];
}

function isIn(block: AddressRange, end: "saddr" | "daddr"): Match {
  const key = `${nftFamily(block.family)} ${end}` as const;
  return { kind: "prefix", key, prefix: formatRange(block), isOther: false };
}
