// This module is pure.
import { mergeRanges } from "../model/address_range.ts";
import type {
  ClusterNetworkPolicy,
  TierPeer,
  TierProtocol,
  TierRule,
} from "../model/cluster_network_policy.ts";
import type { Direction } from "../model/network_policy.ts";
import { mergePorts, type PortRange, type Protocol, protocols } from "../model/port.ts";
import type { Allowance, Ports } from "./allowances.ts";
import type { PortOwner } from "./network_policy_rules.ts";
import { type Peers, type UnionPeers, uniqueNames } from "./peers.ts";
import { policyName } from "../model/policy_name.ts";
import { nodeSelection, podSelection, type Selection, uniqueSelections } from "./selection.ts";

/**
 * What the policies of one tier say of a pod in one direction: rule by rule, in the order in which
 * they decide (CNP-2, CNP-3).
 */
export function* tierAllowances(
  pod: PortOwner,
  direction: Direction,
  policies: readonly ClusterNetworkPolicy[],
): Iterable<Allowance> {
  for (const policy of policies) {
    for (const rule of policy[direction]) {
      for (const [ports, peers] of ruleParts(rule, direction, pod)) {
        yield { action: rule.action, ports, peers, policies: [policyName(policy)] };
      }
    }
  }
}

function* ruleParts(
  rule: TierRule,
  direction: Direction,
  pod: PortOwner,
): Iterable<readonly [Ports, Peers]> {
  const peers = peersOf(rule.peers);
  if (rule.protocols === undefined) { // CNP-15: everything, ICMP included
    yield [{ kind: "ports", ports: { kind: "all" } }, peers];
    return;
  }
  for (const protocol of protocols) {
    const isWhole = rule.protocols.some((p) => p.kind === "protocol" && p.protocol === protocol);
    const ranges = isWhole ? undefined : mergePorts(
      rule.protocols.flatMap((p) => numbersOf(p, protocol, direction === "ingress" ? pod : noPod)),
    );
    if (ranges?.length !== 0) {
      yield [{ kind: "ports", ports: { kind: "protocol", protocol, ranges } }, peers];
    }
    if (direction === "ingress") continue;
    for (const p of rule.protocols) {
      if (p.kind === "name") yield [{ kind: "name", protocol, name: p.name }, podsOf(peers)];
    }
  }
}

const noPod: PortOwner = { ports: [] };

/** CNP-16: a name stands for whatever protocol the pod declares it with. */
function numbersOf(
  entry: TierProtocol,
  protocol: Protocol,
  pod: PortOwner,
): readonly PortRange[] {
  switch (entry.kind) {
    case "range":
      return entry.protocol === protocol ? [entry.range] : [];
    case "protocol":
      return [];
    case "name":
      return pod.ports.filter((p) => p.name === entry.name && p.protocol === protocol)
        .map(({ port }) => ({ first: port, last: port }));
    default:
      return entry satisfies never;
  }
}

function peersOf(peers: readonly TierPeer[]): Peers {
  if (peers.some(({ kind }) => kind === "everyone")) return "all"; // CNP-22
  const selections = peers.flatMap((peer): readonly Selection[] => {
    if (peer.kind === "pods") return [podSelection(peer.namespaceSelector, peer.podSelector)];
    return peer.kind === "nodes" ? [nodeSelection(peer.nodeSelector)] : [];
  });
  const blocks = peers.flatMap((peer) => peer.kind === "networks" ? peer.ranges : []);
  const names = peers.flatMap((peer) => peer.kind === "domainNames" ? peer.names : []);
  return {
    selections: uniqueSelections(selections),
    blocks: mergeRanges(blocks),
    names: uniqueNames(names),
  };
}

/** CNP-16: a named port never matches at nodes, networks and domain names. */
function podsOf(peers: Peers): Peers {
  if (peers === "all") return peers;
  const pods: UnionPeers = {
    selections: peers.selections.filter(({ kind }) => kind === "pods"),
    blocks: [],
    names: [],
  };
  return pods;
}
