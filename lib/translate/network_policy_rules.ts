// This module is pure.
import type { Pod } from "../model/cluster.ts";
import type { Direction, NetworkPolicy, PolicyPort, PolicyRule } from "../model/network_policy.ts";
import { keyOf } from "../model/object_key.ts";
import { mergePorts, type PortRange, protocols } from "../model/port.ts";
import type { Allowance, Ports } from "./allowances.ts";
import { peersOf } from "./peers.ts";

/** The pod whose own ports answer for the names in ingress rules (NP-33). */
export type PortOwner = Pick<Pod, "ports">;

/** What NetworkPolicies allow a pod in one direction, rule by rule. */
export function* networkPolicyAllowances(
  pod: PortOwner,
  direction: Direction,
  policies: readonly NetworkPolicy[],
): Iterable<Allowance> {
  for (const policy of policies) {
    for (const rule of policy[direction]) {
      const peers = peersOf(rule.peers, policy.namespace);
      for (const ports of rulePorts(rule, direction, pod)) {
        yield { action: "Accept", ports, peers, policies: [keyOf(policy)] };
      }
    }
  }
}

function* rulePorts(rule: PolicyRule, direction: Direction, pod: PortOwner): Iterable<Ports> {
  if (rule.ports === undefined) { // NP-12
    yield { kind: "ports", ports: { kind: "all" } };
    return;
  }
  for (const protocol of protocols) {
    const ports = rule.ports.filter((port) => port.protocol === protocol);
    if (ports.some((port) => port.kind === "protocol")) { // NP-30
      yield { kind: "ports", ports: { kind: "protocol", protocol, ranges: undefined } };
      continue;
    }
    const ranges = mergePorts(ports.flatMap((port) => numbersOf(port, direction, pod)));
    if (ranges.length > 0) yield { kind: "ports", ports: { kind: "protocol", protocol, ranges } };
    if (direction === "ingress") continue;
    for (const port of ports) {
      if (port.kind === "name") yield { kind: "name", protocol, name: port.name };
    }
  }
}

/** The numbers of a port at a pod that it is received by; names of others are not known here. */
function numbersOf(port: PolicyPort, direction: Direction, pod: PortOwner): readonly PortRange[] {
  if (port.kind === "range") return [port.range];
  if (port.kind === "protocol" || direction === "egress") return [];
  return pod.ports // NP-35: every declaration counts; NP-36: name and protocol both
    .filter(({ name, protocol }) => name === port.name && protocol === port.protocol)
    .map(({ port }) => ({ first: port, last: port }));
}
