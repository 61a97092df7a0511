// This module is pure.
import type { AddressRange } from "./address_range.ts";
import type { LabelSelector } from "./labels.ts";
import type { PortRange, Protocol } from "./port.ts";

/** The tiers of ClusterNetworkPolicy; NetworkPolicy stands between them (CNP-1). */
export type Tier = "Admin" | "Baseline";

/** What a rule does with what it matches: final, final, or on to the next tier (CNP-4 to CNP-6). */
export type Action = "Accept" | "Deny" | "Pass";

/**
 * A ClusterNetworkPolicy (policy.networking.k8s.io/v1alpha2), or what an AdminNetworkPolicy or
 * BaselineAdminNetworkPolicy (v1alpha1) comes to.
 */
export interface ClusterNetworkPolicy {
  /** Unique among the objects of its API kind. */
  readonly name: string;
  /** `metadata.uid`. */
  readonly uid: string;
  /** As users know it: `ClusterNetworkPolicy`, `AdminNetworkPolicy`, `BaselineAdminNetworkPolicy`. */
  readonly kind: string;
  /** Which of the two tiers it stands in (CNP-1). */
  readonly tier: Tier;
  /** 0 to 1000, 1001 for what stands behind all others; the lowest comes first (CNP-2). */
  readonly priority: number;
  /** The pods that it is about, never hostNetwork ones (CNP-9, CNP-10). */
  readonly subject: TierPods;
  /** In order: the first that matches decides (CNP-3). Empty: not about this direction (CNP-7). */
  readonly ingress: readonly TierRule[];
  /** As `ingress`, for what the subject sends. */
  readonly egress: readonly TierRule[];
  /**
   * True when part of the object could not be understood beyond what CNP-22 provides for: then
   * each direction that it names, or both, holds one rule that denies everything (fail closed).
   */
  readonly broken: boolean;
}

/** One rule of a tier. */
export interface TierRule {
  /** `name`; "" where it has none. */
  readonly name: string;
  /** What becomes of a packet that matches a peer AND a protocol. */
  readonly action: Action;
  /**
   * Who is at the other end; any of them. A rule with a peer that is not known has become, by
   * CNP-22, one that matches nothing (Accept: no peers) or one that denies everything (Deny and
   * Pass: `everyone`, every protocol).
   */
  readonly peers: readonly TierPeer[];
  /** Undefined: everything, ICMP included (CNP-15). Otherwise any of them. */
  readonly protocols: readonly TierProtocol[] | undefined;
}

/** Who a rule of a tier is about. */
export type TierPeer =
  /** Every address; only what CNP-22 makes of unknown peers. */
  | { readonly kind: "everyone" }
  | TierPods
  /** Every address of nodes that the selector selects; egress only (CNP-12). */
  | { readonly kind: "nodes"; readonly nodeSelector: LabelSelector }
  /** Destinations of any kind by address; egress only, host bits masked (CNP-13). */
  | { readonly kind: "networks"; readonly ranges: readonly AddressRange[] }
  /** Destinations by DNS name; egress only, of use with Accept alone (CNP-14). */
  | { readonly kind: "domainNames"; readonly names: readonly DomainName[] };

/** Pods of namespaces; hostNetwork pods are not among them (CNP-9 to CNP-11). */
export interface TierPods {
  /** Tells it from the other peers. */
  readonly kind: "pods";
  /** Empty: every namespace. */
  readonly namespaceSelector: LabelSelector;
  /** Empty: every pod of the namespaces. */
  readonly podSelector: LabelSelector;
}

/** A DNS name as rules name it: lower case, without a dot at its end. */
export interface DomainName {
  /** `example.com`, or what stands behind `*.`. */
  readonly name: string;
  /** True: one or more whole labels before `name`, and not `name` itself. */
  readonly wildcard: boolean;
}

/** What a rule of a tier says of protocol and destination port (CNP-15, CNP-16). */
export type TierProtocol =
  /** A number, or a range, of one protocol. */
  | { readonly kind: "range"; readonly protocol: Protocol; readonly range: PortRange }
  /** The destination pod's own port of that name, with the protocol that it declares. */
  | { readonly kind: "name"; readonly name: string };
