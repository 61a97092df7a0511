// This module is pure.
import type { Direction, PolicyRule } from "../model/network_policy.ts";
import { isFields, type Place, readList } from "./fields.ts";
import { exact } from "./intern.ts";
import { decodePeer } from "./peer.ts";
import { decodePolicyPort } from "./policy_port.ts";

/** Where the rules of a direction stand. */
export interface RulesPlace extends Place {
  /** Says on which side the peers are. */
  readonly direction: Direction;
}

/** Decodes the rules of a direction; what the API refuses is reported and left out. */
export function decodeRules(rules: unknown, place: RulesPlace): readonly PolicyRule[] {
  const { field, report, direction } = place;
  return readList(rules, place).map((rule, i) =>
    decodeRule(rule, { field: `${field}[${i}]`, report, direction })
  );
}

/** `{}` allows everything (NP-9); a null in its place is no such rule. */
function decodeRule(rule: unknown, { field, report, direction }: RulesPlace): PolicyRule {
  if (!isFields(rule)) {
    report.add(field, rule, "an object");
    return { ports: [], peers: [] };
  }
  const side = direction === "ingress" ? "from" : "to";
  return {
    ports: decodeItems(rule.ports, decodePolicyPort, { field: `${field}.ports`, report }),
    peers: decodeItems(rule[side], decodePeer, { field: `${field}.${side}`, report }),
  };
}

/** An absent and an empty list both mean: no restriction (NP-11, NP-12). */
function decodeItems<Item>(
  items: unknown,
  decodeItem: (item: unknown, place: Place) => Item | undefined,
  place: Place,
): readonly Item[] | undefined {
  const { field, report } = place;
  const list = readList(items, place);
  if (list.length === 0) return undefined;
  return exact(
    list.flatMap((item, i) => decodeItem(item, { field: `${field}[${i}]`, report }) ?? []),
  );
}
