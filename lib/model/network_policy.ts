// This module is pure.
import type { AddressRange } from "./address_range.ts";
import type { LabelSelector } from "./labels.ts";
import type { PortRange, Protocol } from "./port.ts";

/** The side of a pod that a policy is about. */
export type Direction = "ingress" | "egress";

/** Both directions, in the order in which everything is sorted and printed. */
export const directions: readonly Direction[] = ["ingress", "egress"];

/** A NetworkPolicy (networking.k8s.io/v1), with every default filled in. */
export interface NetworkPolicy {
  /** Where it stands, and all that a lone podSelector looks at (NP-1, NP-13). */
  readonly namespace: string;
  /** `metadata.name`: unique in its namespace. */
  readonly name: string;
  /** `metadata.uid`; "" where it has none, as in manifests. */
  readonly uid: string;
  /** Selects pods of the policy's own namespace (NP-1); empty selects all of them (NP-2). */
  readonly podSelector: LabelSelector;
  /** The directions that it isolates: `policyTypes`, or what its absence means (NP-3, NP-4). */
  readonly policyTypes: readonly Direction[];
  /** What may come in; no rule, nothing (NP-9). Empty where `policyTypes` lacks the direction. */
  readonly ingress: readonly PolicyRule[];
  /** What may go out; no rule, nothing (NP-9). Empty where `policyTypes` lacks the direction. */
  readonly egress: readonly PolicyRule[];
  /**
   * True when part of the object could not be understood: then it has no rules, so that the pods
   * it selects are isolated in its directions (fail closed).
   */
  readonly broken: boolean;
}

/** Allows a packet that matches a port AND a peer (NP-10). */
export interface PolicyRule {
  /** Undefined: every port and every protocol (NP-12). Otherwise at least one entry. */
  readonly ports: readonly PolicyPort[] | undefined;
  /** Undefined: any address at all (NP-11). Otherwise at least one entry. */
  readonly peers: readonly Peer[] | undefined;
}

/** What a `ports` entry matches, always at the destination (NP-31, NP-33). */
export type PolicyPort =
  /** Every port of the protocol (NP-30). */
  | { readonly kind: "protocol"; readonly protocol: Protocol }
  /** `port`, or `port` to `endPort` (NP-32). */
  | { readonly kind: "range"; readonly protocol: Protocol; readonly range: PortRange }
  /** Whatever number the destination pod declares under the name (NP-33 to NP-37). */
  | { readonly kind: "name"; readonly protocol: Protocol; readonly name: string };

/** Who is at the other end. */
export type Peer = PodPeer | BlockPeer;

/** Pods: never external addresses, nodes, hostNetwork pods (NP-16). */
export interface PodPeer {
  /** Tells it from a `BlockPeer`. */
  readonly kind: "pods";
  /** Undefined: the policy's own namespace (NP-13). */
  readonly namespaceSelector: LabelSelector | undefined;
  /** Empty: all pods of the namespaces (NP-14). */
  readonly podSelector: LabelSelector;
}

/** Addresses of one family: those of the block less its exceptions (NP-23 to NP-27). */
export interface BlockPeer {
  /** Tells it from a `PodPeer`. */
  readonly kind: "ipBlock";
  /** `ipBlock.cidr`, its host bits masked (NP-28). */
  readonly cidr: AddressRange;
  /** Each within `cidr`; they may overlap. */
  readonly except: readonly AddressRange[];
}
