// This module is pure.
import { familyOf } from "../model/address.ts";
import type { IpAddress } from "../model/address.ts";
import { addressValue } from "../model/address_value.ts";
import type { AddressRange } from "../model/address_range.ts";
import type { ClusterState, Pod } from "../model/cluster.ts";
import { selects } from "../model/labels.ts";
import type {
  BlockPeer,
  Direction,
  NetworkPolicy,
  Peer,
  PodPeer,
  PolicyPort,
  PolicyRule,
} from "../model/network_policy.ts";
import { compareText, keyOf } from "../model/object_key.ts";
import type { Flow } from "./flow.ts";
import type { DirectionVerdict, RuleReference, Verdict } from "./verdict.ts";

/** A rule's surroundings: what its selectors and names are resolved against. */
interface Context {
  readonly state: ClusterState;
  readonly flow: Flow;
  readonly direction: Direction;
}

/**
 * Says what NetworkPolicy means for one flow: the specification as a plain function, without any
 * optimisation. It answers `explain`, and everything that is faster is tested against it.
 */
export function evaluate(state: ClusterState, flow: Flow): Verdict {
  const egress = evaluateDirection(state, flow, "egress");
  const ingress = evaluateDirection(state, flow, "ingress");
  // NP-8: what leaves one pod and enters another needs both; an external end has no side.
  return { allowed: egress.allowed && ingress.allowed, egress, ingress };
}

/** Judges egress at the flow's source, or ingress at its destination, whatever their nodes. */
export function evaluateDirection(
  state: ClusterState,
  flow: Flow,
  direction: Direction,
): DirectionVerdict {
  const pod = subjectOf({ state, flow, direction });
  if (pod === undefined) return { kind: "not judged", allowed: true };
  if (direction === "ingress" && flow.senderNode === pod.nodeName) {
    return { kind: "own node", allowed: true, pod }; // NP-46; NP-47: there is no such egress
  }
  if (pod.broken) return { kind: "denied", allowed: false, pod, isolatedBy: [] };

  const isolating = isolatingPolicies(state, pod, direction);
  if (isolating.length === 0) return { kind: "not isolated", allowed: true, pod }; // NP-5
  const isolatedBy = isolating.map(keyOf);
  // NP-7: the union of all their rules, without order.
  const allowedBy = isolating.flatMap((policy) =>
    allowingRules(policy, { state, flow, direction })
  );
  return allowedBy.length > 0
    ? { kind: "allowed", allowed: true, pod, isolatedBy, allowedBy }
    : { kind: "denied", allowed: false, pod, isolatedBy };
}

/** The pod whose policies judge the flow: its source for egress, its destination for ingress. */
function subjectOf({ state, flow, direction }: Context): Pod | undefined {
  // What a node's own stack sends leaves no pod, even if it bears a pod's address.
  if (direction === "egress" && flow.senderNode !== undefined) return undefined;
  const address = direction === "egress" ? flow.source : flow.destination;
  return state.owners.get(address) ?? state.departed.get(address);
}

/** The policies that select the pod and name the direction (NP-1, NP-6), sorted by their keys. */
function isolatingPolicies(
  state: ClusterState,
  pod: Pod,
  direction: Direction,
): readonly NetworkPolicy[] {
  return [...state.policies.values()]
    .filter((policy) => policy.namespace === pod.namespace)
    .filter((policy) => policy.policyTypes.includes(direction))
    .filter((policy) => selects(policy.podSelector, pod.labels))
    .sort((a, b) => compareText(keyOf(a), keyOf(b)));
}

function allowingRules(policy: NetworkPolicy, context: Context): readonly RuleReference[] {
  if (policy.broken) return []; // fail closed
  const { direction } = context;
  return policy[direction].flatMap((rule, index) =>
    ruleAllows(rule, policy, context) ? [{ policy: keyOf(policy), direction, rule: index }] : []
  );
}

/** NP-10: some port AND some peer. */
function ruleAllows(rule: PolicyRule, policy: NetworkPolicy, context: Context): boolean {
  const port = rule.ports === undefined || // NP-12
    rule.ports.some((port) => portMatches(port, context));
  const peer = rule.peers === undefined || // NP-11
    rule.peers.some((peer) => peerMatches(peer, policy, context));
  return port && peer;
}

/** Ports are always the destination's, in both directions (NP-31, NP-33). */
function portMatches(port: PolicyPort, context: Context): boolean {
  const { transport } = context.flow;
  if (transport.protocol !== port.protocol) return false; // NP-39, NP-40
  switch (port.kind) {
    case "protocol": // NP-30
      return true;
    case "range": // NP-32
      return port.range.first <= transport.port && transport.port <= port.range.last;
    case "name": // NP-33 to NP-37: what the pod at the destination declares, and nobody else
      return destinationPod(context)?.ports.some((declared) =>
        declared.name === port.name && declared.protocol === port.protocol &&
        declared.port === transport.port
      ) ?? false;
    default:
      return port satisfies never;
  }
}

/** The pod that a named port is looked up on: the subject of ingress, the peer of egress. */
function destinationPod(context: Context): Pod | undefined {
  return context.direction === "ingress"
    ? subjectOf(context)
    : context.state.owners.get(context.flow.destination);
}

/** The peer is the flow's other end: its source on ingress, its destination on egress. */
function peerMatches(peer: Peer, policy: NetworkPolicy, context: Context): boolean {
  const { flow, direction } = context;
  const address = direction === "ingress" ? flow.source : flow.destination;
  switch (peer.kind) {
    case "pods":
      return podPeerMatches(peer, policy, context.state.owners.get(address), context.state);
    case "ipBlock":
      return blockPeerMatches(peer, address);
    default:
      return peer satisfies never;
  }
}

/** NP-16: an address that no pod owns (external, a node's) is selected by no selector. */
function podPeerMatches(
  peer: PodPeer,
  policy: NetworkPolicy,
  pod: Pod | undefined,
  state: ClusterState,
): boolean {
  if (pod === undefined) return false;
  if (!selects(peer.podSelector, pod.labels)) return false;
  if (peer.namespaceSelector === undefined) return pod.namespace === policy.namespace; // NP-13
  const namespace = state.namespaces.get(pod.namespace);
  return namespace !== undefined && selects(peer.namespaceSelector, namespace.labels); // NP-14
}

/** NP-23, NP-24; whoever has the address, a pod included (NP-26). */
function blockPeerMatches({ cidr, except }: BlockPeer, address: IpAddress): boolean {
  return contains(cidr, address) && !except.some((range) => contains(range, address));
}

/** NP-27: a block has no address of the other family. */
function contains({ family, first, last }: AddressRange, address: IpAddress): boolean {
  if (family !== familyOf(address)) return false;
  const value = addressValue(address);
  return first <= value && value <= last;
}
