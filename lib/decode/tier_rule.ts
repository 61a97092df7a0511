// This module is pure.
import type { Action, TierRule } from "../model/cluster_network_policy.ts";
import { denyEverything } from "../model/denial.ts";
import type { Direction } from "../model/network_policy.ts";
import {
  type Fields,
  formatNames,
  hasOnly,
  isFields,
  isSet,
  type Place,
  readString,
} from "./fields.ts";
import type { TierForm } from "./tier_form.ts";
import { decodeTierPeer } from "./tier_peer.ts";
import { decodeAll } from "./tier_union.ts";

/** Where a rule stands. */
export interface RulePlace extends Place {
  /** How its kind of policy writes things. */
  readonly form: TierForm;
  /** On which side its peers are. */
  readonly direction: Direction;
}

/**
 * Decodes one rule. Where it is not understood, which is reported, it fails closed on its own
 * (CNP-22): an Accept then matches nothing, a Deny or Pass denies everything, and the rules around
 * it keep their meaning. What is no rule at all may have been any.
 */
export function decodeTierRule(value: unknown, place: RulePlace): TierRule {
  const { field, report } = place;
  if (!isFields(value)) {
    report.add(field, value, "an object");
    return denyEverything;
  }
  const name = readString(value.name, { field: `${field}.name`, report });
  const action = decodeAction(value.action, place);
  const matches = decodeMatches(value, { ...place, action });
  if (matches !== undefined) return { name, action, ...matches };
  return action === "Accept"
    ? { name, action, peers: [], protocols: undefined }
    : { ...denyEverything, name };
}

/**
 * An action that is not known is taken for Deny: whatever it does to the traffic that the rule
 * matches, nothing is more closed than that, and it does nothing to the rest.
 */
function decodeAction(value: unknown, { field, report, form }: RulePlace): Action {
  const action = typeof value === "string" ? form.actions.get(value) : undefined;
  if (action !== undefined) return action;
  report.add(`${field}.action`, value, formatNames([...form.actions.keys()], "or"));
  return "Deny";
}

interface MatchesPlace extends RulePlace {
  readonly action: Action;
}

/**
 * What a rule matches; undefined where that is not understood. A field that is not known may
 * narrow it (and `ports` beside `protocols` is but the other version's word), so that reading the
 * rule without it could accept, or pass, more than was meant. An empty list of protocols, which
 * no CRD takes, is neither all of them nor none.
 */
function decodeMatches(
  rule: Fields,
  place: MatchesPlace,
): Pick<TierRule, "peers" | "protocols"> | undefined {
  const { field, report, direction, form: { protocolsField, decodeProtocol } } = place;
  const side = direction === "ingress" ? "from" : "to";
  const known = hasOnly(rule, ["name", "action", side, protocolsField], place);
  const peers = decodeAll(rule[side], decodeTierPeer, { ...place, field: `${field}.${side}` });
  const entries = rule[protocolsField];
  const protocols = isSet(entries)
    ? decodeAll(entries, decodeProtocol, { field: `${field}.${protocolsField}`, report })
    : undefined; // CNP-15: everything
  if (!known || peers === undefined) return undefined;
  return isSet(entries) && protocols === undefined ? undefined : { peers, protocols };
}
