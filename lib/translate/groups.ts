// This module is pure.
import type { Group, GroupRule, GroupTier, PeerMatch } from "../model/node_policy.ts";
import { compareText } from "../model/object_key.ts";
import { protocols } from "../model/port.ts";
import {
  type Allowance,
  type AllowanceRun,
  mergeAllowances,
  type NamedPorts,
} from "./allowances.ts";
import { type Decision, decisionKey, tierPolicies } from "./decision.ts";
import { networkPolicyAllowances } from "./network_policy_rules.ts";
import type { Peers } from "./peers.ts";
import { addressSetKey, endpointSetKey, nameSetKey, type SetDefinitions } from "./sets.ts";
import { tierAllowances } from "./tier_rules.ts";
import { tiesOf } from "./ties.ts";

/** Makes the group of a decision; the sets that its rules name are added to the definitions. */
export function groupOf(decision: Decision, definitions: SetDefinitions): Group {
  const { direction, families } = decision;
  const [first, ...rest] = tiersOf(decision, definitions);
  if (first === undefined) throw new Error("Cannot make a group: nothing decides");
  return {
    direction,
    key: decisionKey(decision),
    families,
    tiers: [first, ...rest],
  };
}

/** CNP-1: Admin, NetworkPolicy, Baseline. */
function tiersOf(decision: Decision, definitions: SetDefinitions): readonly GroupTier[] {
  const { direction, admin, policies, baseline, isBroken } = decision;
  const tiers: GroupTier[] = [];

  function add(tier: Omit<GroupTier, "rules">, allowances: Iterable<Allowance>): void {
    const rules = mergeAllowances(allowances).flatMap((run) => rulesOf(run, definitions));
    tiers.push({ ...tier, rules });
  }

  const names = tierPolicies(decision);
  if (admin.length > 0) {
    const ties = tiesOf(decision, admin);
    const tier = { tier: "Admin", policies: names.admin, ties, otherwise: "Pass" } as const;
    add(tier, tierAllowances(decision, direction, admin));
  }
  if (policies.length > 0 || isBroken) {
    const rest = { policies: names.policies, ties: [], otherwise: "Deny" } as const;
    add({ tier: "NetworkPolicy", ...rest }, networkPolicyAllowances(decision, direction, policies));
  }
  if (baseline.length > 0) {
    const ties = tiesOf(decision, baseline);
    const tier = { tier: "Baseline", policies: names.baseline, ties, otherwise: "Pass" } as const;
    add(tier, tierAllowances(decision, direction, baseline));
  }
  return tiers;
}

/** The rules of one action: by number first, then by name, a rule for each protocol. */
function rulesOf(run: AllowanceRun, definitions: SetDefinitions): readonly GroupRule[] {
  const rules: GroupRule[] = [];
  for (const { action, ports, peers, policies } of run) {
    if (ports.kind === "name") continue;
    const match = peerMatch(peers, definitions);
    rules.push({ kind: "peers", action, ports: ports.ports, peers: match, policies });
  }
  for (const protocol of protocols) {
    const named = run.filter((a): a is Allowance<NamedPorts> =>
      a.ports.kind === "name" && a.ports.protocol === protocol
    );
    const [first] = named;
    if (first === undefined) continue;
    const policies = [...new Set(named.flatMap((a) => a.policies))].sort(compareText);
    const endpoints = endpointSetKey(definitions, named);
    rules.push({ kind: "endpoints", action: first.action, protocol, endpoints, policies });
  }
  return rules;
}

function peerMatch(peers: Peers, definitions: SetDefinitions): PeerMatch {
  if (peers === "all") return { kind: "all" };
  const { selections, blocks, names } = peers;
  return {
    kind: "union",
    addresses: addressSetKey(definitions, selections),
    blocks,
    names: nameSetKey(definitions, names),
  };
}
