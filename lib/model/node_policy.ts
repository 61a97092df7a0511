// This module is pure.
import type { ByFamily, Family, IpAddress } from "./address.ts";
import type { AddressRange } from "./address_range.ts";
import type { Action, DomainName, Tier } from "./cluster_network_policy.ts";
import type { CurrentItem, FormerItem } from "./named_item.ts";
import type { Newcomer } from "./newcomer.ts";
import type { Direction } from "./network_policy.ts";
import type { Pieces } from "./pieces.ts";
import type { PortRange, Protocol } from "./port.ts";
import type { PriorityTie } from "./priority_tie.ts";

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

/** Pods of this node with the same answer in one direction. */
export interface Group {
  /** The direction that it judges; a pod's other one is another group's. */
  readonly direction: Direction;
  /** The same policies, named ports and families: the same key. */
  readonly key: string;
  /** The families that its pods have addresses of. */
  readonly families: readonly Family[];
  /** In the order in which they judge; at least one (CNP-1). */
  readonly tiers: readonly [GroupTier, ...GroupTier[]];
}

/** What one tier says. */
export interface GroupTier {
  /** NetworkPolicy stands between the tiers of ClusterNetworkPolicy. */
  readonly tier: Tier | "NetworkPolicy";
  /** Those that judge its pods here, printed and sorted; none for pods that are broken. */
  readonly policies: readonly string[];
  /** Those among them whose order their names decide, as their priorities do not (CNP-17). */
  readonly ties: readonly PriorityTie[];
  /** The first that matches decides (CNP-3); rules of one action next to each other: any order. */
  readonly rules: readonly GroupRule[];
  /** What becomes of what no rule matches: NetworkPolicy denies (NP-9), the others pass (CNP-7). */
  readonly otherwise: "Deny" | "Pass";
}

/** Decides what it is about. */
export type GroupRule = PeersRule | EndpointsRule | PortsRule | PortMapRule;

/** Hands what goes to some ports to rules of its own: what they do not match no later rule does. */
export interface PortsRule {
  /** Tells it from the other rules. */
  readonly kind: "ports";
  /** By number, an entry for each protocol; none where a `PortMapRule` is about these. */
  readonly ports: readonly PortMatch[];
  /** By name: for each protocol that has several rules about names, all that these are about. */
  readonly named: readonly Pick<EndpointsRule, "protocol" | "endpoints">[];
  /** About no other ports. */
  readonly rules: readonly (PeersRule | EndpointsRule)[];
}

/** Looks up by the port who decides: what a class does not match no later rule does. */
export interface PortMapRule {
  /** Tells it from the other rules. */
  readonly kind: "port map";
  /** At least one; no port is in two of them. */
  readonly classes: readonly PortClassRules[];
}

/** Ports that the same rules are about. */
export interface PortClassRules {
  /** By number, an entry for each protocol. */
  readonly ports: readonly PortMatch[];
  /** They ask for no ports any more. */
  readonly rules: readonly PeersRule[];
}

/** Decides what matches the ports and any of the peers. */
export interface PeersRule {
  /** Tells it from an `EndpointsRule`. */
  readonly kind: "peers";
  /** NetworkPolicy's rules all accept. */
  readonly action: Action;
  /** Always the destination's (NP-31): for ingress the pods' own, for egress the peers'. */
  readonly ports: PortMatch;
  /** For ingress the source, for egress the destination. */
  readonly peers: PeerMatch;
  /** The policies that it comes from, printed. */
  readonly policies: readonly string[];
}

/** Pairs of a destination's address and its own number of a named port (NP-34). */
export interface EndpointsRule {
  /** Tells it from a `PeersRule`. */
  readonly kind: "endpoints";
  /** NetworkPolicy's rules all accept. */
  readonly action: Action;
  /** The protocol of all its ports: the set itself holds numbers only. */
  readonly protocol: Protocol;
  /** The key of an EndpointSet. */
  readonly endpoints: string;
  /** The policies that it comes from, printed. */
  readonly policies: readonly string[];
}

/** Destination ports. */
export type PortMatch =
  /** Every port and every protocol, those without ports included (NP-12, NP-40). */
  | { readonly kind: "all" }
  /** The protocol's ports in `ranges`: sorted, disjoint, not touching; undefined: all (NP-30). */
  | {
    readonly kind: "protocol";
    readonly protocol: Protocol;
    readonly ranges: readonly PortRange[] | undefined;
  };

/** The address at the other end. */
export type PeerMatch =
  /** Any address, both families (NP-11). */
  | { readonly kind: "all" }
  /** The union of a set of addresses, of blocks and of named addresses. At least one is there. */
  | {
    readonly kind: "union";
    /** The key of an AddressSet. */
    readonly addresses: string | undefined;
    /** Sorted, disjoint, not touching, IPv4 before IPv6. */
    readonly blocks: readonly AddressRange[];
    /** The key of a NameSet; with Accept alone (CNP-14). */
    readonly names: string | undefined;
  };

/** The addresses of all pods and nodes that selectors select, wherever they are. */
export interface AddressSet {
  /** What defines it, printed: the same selectors, the same key. Never its content. */
  readonly key: string;
  /** Sorted as text. May be empty: then it matches nothing (NP-56). */
  readonly addresses: ByFamily<Pieces<IpAddress>>;
}

/** The (address, port) pairs of all pods that peers match and that declare a named port. */
export interface EndpointSet {
  /** What defines it, printed: the same name, protocol and peers, the same key. */
  readonly key: string;
  /** Sorted as text. May be empty. */
  readonly endpoints: ByFamily<Pieces<Endpoint>>;
}

/**
 * One destination, `10.0.0.7 80`: an address of a pod that declares the port, and what the pod means
 * by its name, 1 to 65535 (NP-34). No address has a space in it, or a mark that comes before it.
 */
export type Endpoint = `${IpAddress} ${number}`;

/** The addresses that DNS names stand for (CNP-14). */
export interface NameSet {
  /** Its names, printed: the same names, the same key. */
  readonly key: string;
  /** As rules write them; sorted, without duplicates. */
  readonly names: readonly DomainName[];
  /** Sorted; each address once, for the name that it stands for longest. */
  readonly current: ByFamily<Pieces<CurrentItem>>;
  /** Addresses that any of the names has stood for: sorted, so that the latest is the last one. */
  readonly former: ByFamily<Pieces<FormerItem>>;
}

/** On which ways DNS answers are of interest. */
export interface DnsPaths {
  /** The addresses of this node's pods that rules with domain names judge; sorted. */
  readonly clients: readonly IpAddress[];
  /** Whose answers are believed: the cluster's DNS pods, and what the node's owner says; sorted. */
  readonly resolvers: readonly IpAddress[];
}
