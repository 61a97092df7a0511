// This module is pure.
import { mergeRanges } from "../model/address_range.ts";
import type {
  Action,
  ClusterNetworkPolicy,
  TierPeer,
  TierProtocol,
  TierRule,
} from "../model/cluster_network_policy.ts";
import type { Direction } from "../model/network_policy.ts";
import { mergePorts, type PortRange, type Protocol, protocols } from "../model/port.ts";
import type { Allowance, Ports } from "./allowances.ts";
import type { PortOwner } from "./network_policy_rules.ts";
import { type Peers, type UnionPeers, uniqueNames, unitePeers } from "./peers.ts";
import { policyName } from "../model/policy_name.ts";
import {
  doubtful,
  nodeSelection,
  podSelection,
  type Selection,
  uniqueSelections,
} from "./selection.ts";

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
    const name = policyName(policy);
    for (const { action, peers, protocols } of policy[direction]) {
      for (const part of actionParts(action, peers)) {
        for (const [ports, peers] of portParts(part.peers, protocols, { direction, pod })) {
          yield { action: part.action, ports, peers, policies: [name] };
        }
      }
    }
  }
}

/** What a rule does, and to whom. */
interface ActionPart {
  readonly action: Action;
  readonly peers: Peers;
}

/**
 * CNP-22 for pods whose namespace is not known, and that so may be peers or not: an Accept does
 * not match them, a Deny does, and a Pass denies them.
 */
function actionParts(action: Action, list: readonly TierPeer[]): readonly ActionPart[] {
  const peers = peersOf(list);
  if (action === "Accept" || peers === "all") return [{ action, peers }];
  const doubted = doubtedOf(peers);
  return action === "Deny"
    ? [{ action, peers: unitePeers(peers, doubted) }]
    : [{ action, peers }, { action: "Deny", peers: doubted }];
}

function doubtedOf({ selections }: UnionPeers): UnionPeers {
  const pods = selections.filter((selection) => selection.kind === "pods");
  return { selections: uniqueSelections(pods.map(doubtful)), blocks: [], names: [] };
}

/** Whose ports answer for names: a pod's own, for what comes in. */
interface Receiver {
  readonly direction: Direction;
  readonly pod: PortOwner;
}

function* portParts(
  peers: Peers,
  entries: TierRule["protocols"],
  { direction, pod }: Receiver,
): Iterable<readonly [Ports, Peers]> {
  if (entries === undefined) { // CNP-15: everything, ICMP included
    yield [{ kind: "ports", ports: { kind: "all" } }, peers];
    return;
  }
  for (const protocol of protocols) {
    const ranges = mergePorts(
      entries.flatMap((p) => numbersOf(p, protocol, direction === "ingress" ? pod : noPod)),
    );
    if (ranges.length > 0) {
      yield [{ kind: "ports", ports: { kind: "protocol", protocol, ranges } }, peers];
    }
    if (direction === "ingress") continue;
    for (const p of entries) {
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
