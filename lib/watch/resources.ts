// This module is pure.
import {
  decodeAdminNetworkPolicy,
  decodeBaselineAdminNetworkPolicy,
} from "../decode/admin_network_policy.ts";
import { decodeClusterNetworkPolicy } from "../decode/cluster_network_policy.ts";
import type { Decoded } from "../decode/decode.ts";
import { decodeNamespace } from "../decode/namespace.ts";
import { decodeNetworkPolicy } from "../decode/network_policy.ts";
import { decodeNode } from "../decode/node.ts";
import { decodeObservedPolicy } from "../decode/observed_policy.ts";
import type { JsonShape } from "../decode/json_shape.ts";
import { decodePod, podShape } from "../decode/pod.ts";
import type { Namespace, Node, Pod } from "../model/cluster.ts";
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import type { NetworkPolicy } from "../model/network_policy.ts";
import type { ObservedPolicy } from "../model/observed_policy.ts";

/** One kind of objects, as the API server serves it. */
export interface Resource<T> {
  /** `pods`, as in metrics and messages. */
  readonly name: string;
  /** The path of the collection, through all namespaces. */
  readonly path: string;
  /** True for a kind that the server need not know: its CRD may be installed, and may go again. */
  readonly isOptional: boolean;
  /** What every request asks with, beside its own parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What `decode` looks at; all where nothing is said. */
  readonly shape?: JsonShape;
  /** Reads one object; never throws. */
  readonly decode: (value: unknown) => Decoded<T>;
}

/**
 * Pods, without those that have ended: their addresses may be another's (NP-53), and where jobs
 * are left lying they are many.
 */
export const pods: Resource<Pod> = {
  name: "pods",
  path: "/api/v1/pods",
  isOptional: false,
  parameters: { fieldSelector: "status.phase!=Succeeded,status.phase!=Failed" },
  shape: podShape,
  decode: decodePod,
};

/** Namespaces. */
export const namespaces: Resource<Namespace> = {
  name: "namespaces",
  path: "/api/v1/namespaces",
  isOptional: false,
  parameters: {},
  decode: decodeNamespace,
};

/** Nodes. */
export const nodes: Resource<Node> = {
  name: "nodes",
  path: "/api/v1/nodes",
  isOptional: false,
  parameters: {},
  decode: decodeNode,
};

/** NetworkPolicies. */
export const policies: Resource<NetworkPolicy> = {
  name: "networkpolicies",
  path: "/apis/networking.k8s.io/v1/networkpolicies",
  isOptional: false,
  parameters: {},
  decode: decodeNetworkPolicy,
};

/** ClusterNetworkPolicies. */
export const clusterNetworkPolicies: Resource<ClusterNetworkPolicy> = {
  name: "clusternetworkpolicies",
  path: "/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies",
  isOptional: true,
  parameters: {},
  decode: decodeClusterNetworkPolicy,
};

/** What came before ClusterNetworkPolicies. */
export const adminNetworkPolicies: Resource<ClusterNetworkPolicy> = {
  name: "adminnetworkpolicies",
  path: "/apis/policy.networking.k8s.io/v1alpha1/adminnetworkpolicies",
  isOptional: true,
  parameters: {},
  decode: decodeAdminNetworkPolicy,
};

/** There is one of them at most. */
export const baselineAdminNetworkPolicies: Resource<ClusterNetworkPolicy> = {
  name: "baselineadminnetworkpolicies",
  path: "/apis/policy.networking.k8s.io/v1alpha1/baselineadminnetworkpolicies",
  isOptional: true,
  parameters: {},
  decode: decodeBaselineAdminNetworkPolicy,
};

/** A kind of the tiers, of whose objects the status is read too. */
export function withStatus(resource: Resource<ClusterNetworkPolicy>): Resource<ObservedPolicy> {
  return { ...resource, decode: (value) => decodeObservedPolicy(value, resource.decode) };
}

/** A request for objects of a resource: its path with its own parameters and these. */
export function pathOf(
  resource: Resource<unknown>,
  parameters: Readonly<Record<string, string>>,
): string {
  return `${resource.path}?${new URLSearchParams({ ...resource.parameters, ...parameters })}`;
}

/**
 * What a watch is asked with: from `version` on or, where there is none, with a streamed list
 * first. The server is to end it after `seconds`.
 */
export function watchParameters(
  version: string | undefined,
  seconds: number,
): Readonly<Record<string, string>> {
  const parameters = { watch: "1", allowWatchBookmarks: "true", timeoutSeconds: `${seconds}` };
  return version === undefined
    ? { ...parameters, sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" }
    : { ...parameters, resourceVersion: version };
}
