// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { ClusterState, Pod } from "../model/cluster.ts";
import type { Direction } from "../model/network_policy.ts";
import type { Flow } from "./flow.ts";

/** A question to the policies of one end: what selectors and names are resolved against. */
export interface Context {
  /** What there is. */
  readonly state: ClusterState;
  /** What is to be judged. */
  readonly flow: Flow;
  /** Egress at the flow's source, ingress at its destination. */
  readonly direction: Direction;
  /** The pod at this end: the subject of the policies. */
  readonly pod: Pod;
}

/** The pod whose policies judge a flow: its source for egress, its destination for ingress. */
export function findSubject(
  state: ClusterState,
  flow: Flow,
  direction: Direction,
): Pod | undefined {
  // What a node's own stack sends leaves no pod, even if it bears a pod's address.
  if (direction === "egress" && flow.senderNode !== undefined) return undefined;
  const address = direction === "egress" ? flow.source : flow.destination;
  return state.owners.get(address) ?? state.departed.get(address);
}

/** The address at the other end: the flow's source for ingress, its destination for egress. */
export function peerAddress({ flow, direction }: Context): IpAddress {
  return direction === "ingress" ? flow.source : flow.destination;
}

/** The pod at the other end; none for an address that is external, a node's or left (NP-16). */
export function findPeer(context: Context): Pod | undefined {
  return context.state.owners.get(peerAddress(context));
}

/** The pod that a named port is looked up on, in both directions the destination (NP-33). */
export function findDestination(context: Context): Pod | undefined {
  return context.direction === "ingress" ? context.pod : findPeer(context);
}
