// This module is pure.
import type { IpAddress } from "./address.ts";
import type { AddressRange } from "./address_range.ts";
import type { Group } from "./group.ts";
import type { Newcomer } from "./newcomer.ts";
import type { AddressSet, EndpointSet, NameSet } from "./peer_sets.ts";

/**
 * What the pods of one node may send and receive: the answer of translation, the question to the
 * renderer. Everything in it is sorted, so that equal policies are equal to the byte.
 */
export interface NodePolicy {
  /** The node that enforces it: all its pods have it as their `nodeName`. */
  readonly nodeName: string;
  /** The node's pods that are judged in at least one direction, by namespace and name. */
  readonly pods: readonly IsolatedPod[];
  /** By direction and key. Every group has at least one pod. */
  readonly groups: readonly Group[];
  /** The sets of addresses that groups' rules name, by key. */
  readonly addressSets: readonly AddressSet[];
  /** The sets of (address, port) that groups' rules name, by key. */
  readonly endpointSets: readonly EndpointSet[];
  /** The sets of named addresses that groups' rules name, by key. */
  readonly nameSets: readonly NameSet[];
  /** Where addresses that are no known pod's are cut off; undefined: nowhere. */
  readonly podRange: PodRange | undefined;
  /** Whether connections are looked at that may have outlived their pod. */
  readonly watches: boolean;
  /** Whether what comes in is asked for its source; not only while there are guards. */
  readonly checksSources: boolean;
  /** Addresses that were given to pods of this node of late; sorted. */
  readonly newcomers: readonly Newcomer[];
  /** Whose DNS answers are of interest; undefined where no rule names a domain. */
  readonly dns: DnsPaths | undefined;
  /** The pods' interfaces that are known, by name. */
  readonly guards: readonly Guard[];
  /** The addresses of nodes, to which pods may have no tunnels: sorted; undefined: they may. */
  readonly tunnelEnds: readonly IpAddress[] | undefined;
}

/** What may come in by the host's end of a pod's interface. */
export interface Guard {
  /** Its name on the host. */
  readonly interfaceName: string;
  /** The bridge that it is a port of; "": it is none, and packets are routed. */
  readonly bridge: string;
  /** The pod as `namespace/name`, for the table's comments. */
  readonly podName: string;
  /**
   * Whether all addresses of its sandbox are others' by now: nothing tells any more which policies
   * judge what comes by it, and whoever it is, its time is over. Then it is closed, or where sources
   * are not asked for, its link-local traffic.
   */
  readonly isOutlived: boolean;
  /** From where the pod may send; undefined: from anywhere. */
  readonly sources: Sources | undefined;
  /** The key of the group that judges what has no address of the pod's; undefined: none does. */
  readonly egress: string | undefined;
  /** As `egress`, for what goes to the pod. */
  readonly ingress: string | undefined;
}

/** From where a pod may send, beside what every host needs to get and keep its addresses. */
export interface Sources {
  /** Its own addresses; sorted. */
  readonly addresses: readonly IpAddress[];
  /** Those of others, for whom it forwards: sorted, disjoint, not touching. */
  readonly blocks: readonly AddressRange[];
}

/** The range of a node's pods, in which nobody may be whom we do not know. */
export interface PodRange {
  /** At least one; each is a prefix. */
  readonly blocks: readonly AddressRange[];
  /** The addresses within that are a pod's, or were until moments ago; sorted. */
  readonly known: readonly IpAddress[];
}

/** A pod of this node that policies judge. */
export interface IsolatedPod {
  /** With `name`, what the table's comments call it. */
  readonly namespace: string;
  /** Not always unique in its namespace: a departed pod and its successor may both be there. */
  readonly name: string;
  /** The addresses that it owns, at least one. */
  readonly addresses: readonly IpAddress[];
  /** The key of the group that judges what comes in; undefined: open in this direction (NP-5). */
  readonly ingress: string | undefined;
  /** The key of the group that judges what goes out; undefined: open in this direction (NP-5). */
  readonly egress: string | undefined;
}

/** On which ways DNS answers are of interest. */
export interface DnsPaths {
  /** The addresses of this node's pods that rules with domain names judge; sorted. */
  readonly clients: readonly IpAddress[];
  /** Whose answers are believed: the cluster's DNS pods, and what the node's owner says; sorted. */
  readonly resolvers: readonly IpAddress[];
}
