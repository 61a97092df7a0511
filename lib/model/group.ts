// This module is pure.
import type { Family } from "./address.ts";
import type { AddressRange } from "./address_range.ts";
import type { Action, Tier } from "./cluster_network_policy.ts";
import type { Direction } from "./network_policy.ts";
import type { PortRange, Protocol } from "./port.ts";
import type { PriorityTie } from "./priority_tie.ts";

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
