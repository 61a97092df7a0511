// This module is pure.
import type { IpAddress } from "./address.ts";
import type { AddressRange } from "./address_range.ts";
import type { KnownName, UsedAddresses } from "./known_name.ts";
import type { Labels } from "./labels.ts";
import type { ClusterNetworkPolicy } from "./cluster_network_policy.ts";
import type { Newcomer } from "./newcomer.ts";
import type { NetworkPolicy } from "./network_policy.ts";
import type { ObjectKey } from "./object_key.ts";
import type { PodInterface } from "./pod_interface.ts";
import type { Protocol } from "./port.ts";

/** A namespace; `kubernetes.io/metadata.name` is always among its labels (NP-22). */
export interface Namespace {
  /** `metadata.name`: what pods and policies call the namespace that they are in. */
  readonly name: string;
  /** `metadata.uid`; "" where it has none, as in manifests. */
  readonly uid: string;
  /** `metadata.labels`: what namespaceSelectors look at. */
  readonly labels: Labels;
}

/** A node. */
export interface Node {
  /** `metadata.name`: what pods have as their `nodeName`. */
  readonly name: string;
  /** `metadata.uid`; "" where it has none, as in manifests. */
  readonly uid: string;
  /** `metadata.labels`: what `nodes` peers look at (CNP-12). */
  readonly labels: Labels;
  /** `status.addresses`, those that are IP addresses: sorted, without duplicates. */
  readonly addresses: readonly IpAddress[];
}

/** A port that a container of a pod declares by name (NP-33 to NP-38). */
export interface NamedPort {
  /** Unique in its container only: a pod may have one name for several numbers (NP-35). */
  readonly name: string;
  /** Part of what it is found by; TCP where the container does not say (NP-36). */
  readonly protocol: Protocol;
  /** 1 to 65535. */
  readonly port: number;
}

/** What policies need to know of a pod. */
export interface Pod {
  /** The namespace whose NetworkPolicies can isolate it (NP-1). */
  readonly namespace: string;
  /** `metadata.name`: unique in its namespace, until a successor has it. */
  readonly name: string;
  /**
   * `metadata.uid`, which a successor does not share; "" where it has none, as in manifests. A
   * static pod's is the one that its kubelet gave it.
   */
  readonly uid: string;
  /** `metadata.labels`: what podSelectors look at. */
  readonly labels: Labels;
  /** "" while the pod is not scheduled. */
  readonly nodeName: string;
  /** Shares its node's addresses; neither subject nor peer (NP-44, NP-45). */
  readonly hostNetwork: boolean;
  /** Succeeded or Failed: its addresses may be another's by now (NP-53). */
  readonly ended: boolean;
  /** `status.podIPs`; empty until it has one (NP-56). */
  readonly addresses: readonly IpAddress[];
  /** Of containers and restartable init containers (NP-38), sorted, without duplicates. */
  readonly ports: readonly NamedPort[];
  /** `metadata.creationTimestamp`, ms since the epoch; 0 where it is not known. */
  readonly createdAt: number;
  /**
   * True when part of the object could not be understood: what was understood is above, and the
   * pod is isolated in both directions, as nobody knows which policies would select it.
   */
  readonly broken: boolean;
  /** The annotation `hedgerow.dev/allowed-sources`: sorted, disjoint, not touching. */
  readonly allowedSources: readonly AddressRange[];
}

/**
 * Everything that translation may look at: a state, never a history. Whoever holds it may only
 * read it; it is the same object for the whole of a pass.
 */
export interface ClusterState {
  /** name -> namespace. A pod's may be missing: nobody knows which namespaceSelectors select it. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
  /** name -> node. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** namespace/name -> pod, the ended and those without an address included. */
  readonly pods: ReadonlyMap<ObjectKey, Pod>;
  /** namespace/name -> policy. */
  readonly policies: ReadonlyMap<ObjectKey, NetworkPolicy>;
  /** What `policyName` prints -> policy, of every kind and version that says the like. */
  readonly clusterPolicies: ReadonlyMap<string, ClusterNetworkPolicy>;
  /**
   * address -> the one pod that owns it: whom the CNI plugin gave it last; else, among the pods
   * that have it, have not ended and are not hostNetwork, the newest (createdAt, then
   * namespace/name).
   */
  readonly owners: ReadonlyMap<IpAddress, Pod>;
  /**
   * address -> a pod of this node that left the API (or ended) moments ago, or whose end the CNI
   * plugin has yet to tell, while nobody else owns the address. Its processes may still run: it
   * remains a subject of policies, and is no peer.
   */
  readonly departed: ReadonlyMap<IpAddress, Pod>;
  /** The host's ends of this node's pods' interfaces, by name; the same list while they are. */
  readonly interfaces: readonly PodInterface[];
  /** The node's pod range, as prefixes, where unknown pods are to be dropped; none: nowhere. */
  readonly podBlocks: readonly AddressRange[];
  /**
   * The addresses that the CNI plugin gave to sandboxes in the last few minutes. Another list when
   * anything in it is another.
   */
  readonly newcomers: readonly Newcomer[];
  /** Whether there are pods of this node that the CNI plugin announced. */
  readonly hasSandboxes: boolean;
  /**
   * Whether packets are asked for their sources: what leaves pods must come from them, and the
   * interface of a routed one is known, or was.
   */
  readonly checksSources: boolean;
  /** DNS name, in lower case and without a dot at its end -> what is known of it. */
  readonly names: ReadonlyMap<string, KnownName>;
  /** What was used in an earlier agent's time: what was opened then lives on (CNP-14). */
  readonly usedAddresses: readonly UsedAddresses[];
  /** Resolvers whose answers are believed, beside the cluster's own DNS pods. */
  readonly dnsResolvers: readonly IpAddress[];
  /** Whether what leaves pods must come from them; false: from wherever they say. */
  readonly antiSpoof: boolean;
  /** Whether pods may have no tunnels to nodes. */
  readonly denyTunnels: boolean;
}
