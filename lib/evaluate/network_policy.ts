// This module is pure.
import { selects } from "../model/labels.ts";
import type {
  BlockPeer,
  NetworkPolicy,
  Peer,
  PodPeer,
  PolicyPort,
  PolicyRule,
} from "../model/network_policy.ts";
import { compareText, keyOf } from "../model/object_key.ts";
import { type Context, findDestination, findPeer, peerAddress } from "./context.ts";
import { contains } from "./range.ts";
import type { RuleReference } from "./verdict.ts";

/** The policies that select the pod and name the direction (NP-1, NP-6), sorted by their keys. */
export function isolatingPolicies({ state, pod, direction }: Context): readonly NetworkPolicy[] {
  return [...state.policies.values()]
    .filter((policy) => policy.namespace === pod.namespace)
    .filter((policy) => policy.policyTypes.includes(direction))
    .filter((policy) => selects(policy.podSelector, pod.labels))
    .sort((a, b) => compareText(keyOf(a), keyOf(b)));
}

/** The rules of a policy that allow the flow. */
export function allowingRules(policy: NetworkPolicy, context: Context): readonly RuleReference[] {
  if (policy.broken) return []; // fail closed
  const { direction } = context;
  return policy[direction].flatMap((rule, index) =>
    ruleAllows(rule, policy, context)
      ? [{ policy: keyOf(policy), direction, rule: index, name: "" }]
      : []
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
      return findDestination(context)?.ports.some((declared) =>
        declared.name === port.name && declared.protocol === port.protocol &&
        declared.port === transport.port
      ) ?? false;
    default:
      return port satisfies never;
  }
}

/** The peer is the flow's other end: its source on ingress, its destination on egress. */
function peerMatches(peer: Peer, policy: NetworkPolicy, context: Context): boolean {
  switch (peer.kind) {
    case "pods":
      return podPeerMatches(peer, policy, context);
    case "ipBlock":
      return blockPeerMatches(peer, context);
    default:
      return peer satisfies never;
  }
}

/** NP-16: an address that no pod owns (external, a node's) is selected by no selector. */
function podPeerMatches(peer: PodPeer, policy: NetworkPolicy, context: Context): boolean {
  const pod = findPeer(context);
  if (pod === undefined) return false;
  if (!selects(peer.podSelector, pod.labels)) return false;
  if (peer.namespaceSelector === undefined) return pod.namespace === policy.namespace; // NP-13
  const namespace = context.state.namespaces.get(pod.namespace);
  return namespace !== undefined && selects(peer.namespaceSelector, namespace.labels); // NP-14
}

/** NP-23, NP-24; whoever has the address, a pod included (NP-26). */
function blockPeerMatches({ cidr, except }: BlockPeer, context: Context): boolean {
  const address = peerAddress(context);
  return contains(cidr, address) && !except.some((range) => contains(range, address));
}
