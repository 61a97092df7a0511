// This module is pure.
import type {
  DomainName,
  TierPeer,
  TierPods,
  TierProtocol,
  TierRule,
} from "../model/cluster_network_policy.ts";
import { isMeant } from "../model/known_name.ts";
import { type LabelSelector, selects } from "../model/labels.ts";
import { type Certainty, namespaceCertainty, some } from "./certainty.ts";
import { type Context, findDestination, findPeer, peerAddress } from "./context.ts";
import { contains } from "./range.ts";

/** How sure it is that a rule is about the flow: some peer AND some protocol, of any kind each. */
export function ruleCertainty(rule: TierRule, context: Context): Certainty {
  const peers = rule.peers.filter((peer) =>
    rule.protocols === undefined || // CNP-15: everything, ICMP included (CNP-26)
    rule.protocols.some((protocol) => protocolMatches(protocol, peer, context))
  );
  return some(peers.map((peer) => peerCertainty(peer, context)));
}

/** The peer is the flow's other end: its source on ingress, its destination on egress. */
function peerCertainty(peer: TierPeer, context: Context): Certainty {
  switch (peer.kind) {
    case "everyone": // CNP-22
      return "yes";
    case "pods":
      return podsCertainty(peer, context);
    case "nodes":
      return nodesMatch(peer.nodeSelector, context) ? "yes" : "no";
    case "networks": // CNP-13: whoever has the address, pods and nodes included
      return peer.ranges.some((range) => contains(range, peerAddress(context))) ? "yes" : "no";
    case "domainNames":
      return peer.names.some((domain) => nameMatches(domain, context)) ? "yes" : "no";
    default:
      return peer satisfies never;
  }
}

/** CNP-10, CNP-11: neither external addresses nor nodes, and so no hostNetwork pods. */
function podsCertainty({ namespaceSelector, podSelector }: TierPods, context: Context): Certainty {
  const pod = findPeer(context);
  if (pod === undefined || !selects(podSelector, pod.labels)) return "no";
  return namespaceCertainty(namespaceSelector, pod.namespace, context.state);
}

/** CNP-12: every address of the nodes, the subject's own node's too. */
function nodesMatch(nodeSelector: LabelSelector, context: Context): boolean {
  return [...context.state.nodes.values()].some((node) =>
    selects(nodeSelector, node.labels) && node.addresses.includes(peerAddress(context))
  );
}

/** CNP-14: what the answers of DNS say at this moment, and what nobody was told matches nothing. */
function nameMatches(domain: DomainName, context: Context): boolean {
  return [...context.state.names].some(([name, { current }]) =>
    isMeant(name, domain) && current.has(peerAddress(context))
  );
}

/** CNP-15, CNP-16. */
function protocolMatches(protocol: TierProtocol, peer: TierPeer, context: Context): boolean {
  const { transport } = context.flow;
  if (transport.protocol === "other") return false; // CNP-26: ICMP has no ports
  switch (protocol.kind) {
    case "range":
      return protocol.protocol === transport.protocol &&
        protocol.range.first <= transport.port && transport.port <= protocol.range.last;
    case "name": // CNP-16: never with nodes, networks and names
      return peer.kind === "pods" && declares(protocol.name, context);
    default:
      return protocol satisfies never;
  }
}

/** CNP-16: as the destination declares the port, with whatever protocol. */
function declares(name: string, context: Context): boolean {
  const { transport } = context.flow;
  return transport.protocol !== "other" &&
    (findDestination(context)?.ports.some((declared) =>
      declared.name === name && declared.protocol === transport.protocol &&
      declared.port === transport.port
    ) ?? false);
}
