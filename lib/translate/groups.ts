// This module is pure.
import type { Family } from "../model/address.ts";
import type { Pod } from "../model/cluster.ts";
import type { Direction, NetworkPolicy } from "../model/network_policy.ts";
import type { Group, GroupRule, PeerMatch } from "../model/node_policy.ts";
import { compareText, keyOf } from "../model/object_key.ts";
import { protocols } from "../model/port.ts";
import { type Allowance, allowancesOf, type NameAllowance } from "./allowances.ts";
import type { Peers } from "./peers.ts";
import { endpointSetKey, podSetKey, type SetDefinitions } from "./sets.ts";

/** What decides a pod in one direction: all that its group is made from. */
export interface Decision {
  /** Whether it is about what comes in or what goes out. */
  readonly direction: Direction;
  /** Sorted by name; none for a pod that could not be understood. */
  readonly policies: readonly NetworkPolicy[];
  /** The subject's named ports that ingress rules ask for (NP-33). */
  readonly ports: Pod["ports"];
  /** The families of the subject's addresses: no rule is made for another. */
  readonly families: readonly Family[];
}

/** The named ports of a pod that the rules of a direction look up at the pod itself. */
export function portsAskedFor(
  pod: Pod,
  direction: Direction,
  policies: readonly NetworkPolicy[],
): Pod["ports"] {
  if (direction === "egress" || pod.ports.length === 0) return [];
  const asked = new Set<string>();
  for (const rule of policies.flatMap((policy) => policy.ingress)) {
    for (const port of rule.ports ?? []) {
      if (port.kind === "name") asked.add(`${port.protocol}/${port.name}`);
    }
  }
  return pod.ports.filter(({ protocol, name }) => asked.has(`${protocol}/${name}`));
}

/**
 * Names a decision: pods with the same key have the same answer, now and after any change of the
 * policies' rules. So a changed policy refills its group's chain in place.
 */
export function decisionKey({ policies, ports, families }: Decision): string {
  const names = policies.map((policy) => keyOf(policy)).join(",");
  const numbers = ports.map(({ protocol, name, port }) => `${protocol}/${name}=${port}`).join(",");
  return [names, numbers, families.join(",")].join(" | ");
}

/** Makes the group of a decision; the sets that its rules name are added to the definitions. */
export function groupOf(decision: Decision, definitions: SetDefinitions): Group {
  const { direction, policies, families } = decision;
  return {
    direction,
    key: decisionKey(decision),
    families,
    policies: policies.map((policy) => keyOf(policy)),
    rules: rulesOf(allowancesOf(decision, direction, policies), definitions),
  };
}

function rulesOf(
  allowances: readonly Allowance[],
  definitions: SetDefinitions,
): readonly GroupRule[] {
  const rules: GroupRule[] = [];
  for (const allowance of allowances) {
    if (allowance.kind === "name") continue;
    const { ports, policies } = allowance;
    rules.push({ kind: "peers", ports, peers: peerMatch(allowance.peers, definitions), policies });
  }
  for (const protocol of protocols) {
    const named = allowances.filter((a): a is NameAllowance =>
      a.kind === "name" && a.protocol === protocol
    );
    if (named.length === 0) continue;
    const policies = [...new Set(named.flatMap((a) => a.policies))].sort(compareText);
    const endpoints = endpointSetKey(definitions, named);
    rules.push({ kind: "endpoints", protocol, endpoints, policies });
  }
  return rules;
}

function peerMatch(peers: Peers, definitions: SetDefinitions): PeerMatch {
  if (peers === "all") return { kind: "all" };
  const { selections, blocks } = peers;
  return { kind: "union", pods: podSetKey(definitions, selections), blocks };
}
