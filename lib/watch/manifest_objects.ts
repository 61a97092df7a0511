// This module is pure.
import {
  decodeAdminNetworkPolicy,
  decodeBaselineAdminNetworkPolicy,
} from "../decode/admin_network_policy.ts";
import { decodeClusterNetworkPolicy } from "../decode/cluster_network_policy.ts";
import type { Decoded } from "../decode/decode.ts";
import { type Fields, isFields } from "../decode/fields.ts";
import { decodeNamespace } from "../decode/namespace.ts";
import { decodeNetworkPolicy } from "../decode/network_policy.ts";
import { decodeNode } from "../decode/node.ts";
import { decodePod } from "../decode/pod.ts";
import { formatFound } from "../decode/report.ts";
import type { Namespace, Node, Pod } from "../model/cluster.ts";
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import type { Issue } from "../model/issue.ts";
import type { NetworkPolicy } from "../model/network_policy.ts";
import type { ManifestDocument } from "./manifest_documents.ts";

/** The record of each kind that hedgerow reads. */
export interface Records {
  /** v1 Pod. */
  readonly pods: Pod;
  /** v1 Namespace. */
  readonly namespaces: Namespace;
  /** v1 Node. */
  readonly nodes: Node;
  /** networking.k8s.io/v1 NetworkPolicy. */
  readonly policies: NetworkPolicy;
  /** policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy. */
  readonly clusterNetworkPolicies: ClusterNetworkPolicy;
  /** policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy. */
  readonly adminNetworkPolicies: ClusterNetworkPolicy;
  /** policy.networking.k8s.io/v1alpha1 BaselineAdminNetworkPolicy. */
  readonly baselineAdminNetworkPolicies: ClusterNetworkPolicy;
}

/** An issue, and where the object begins that has it. */
export interface PlacedIssue extends Issue {
  /** The path of the file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** What one document says. */
export interface ManifestObject {
  /** The path of the file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** One record at most: none for another kind, and for what cannot even be named. */
  readonly record: Partial<Records>;
  /** What could not be understood of it. */
  readonly issues: readonly PlacedIssue[];
  /** The kind, where hedgerow does not read it. */
  readonly unread?: string;
}

const decoders: ReadonlyMap<string, (value: Fields) => Found> = new Map([
  ["v1 Pod", (value) => found(decodePod(placed(value)), (pods) => ({ pods }))],
  ["v1 Namespace", (value) => found(decodeNamespace(value), (namespaces) => ({ namespaces }))],
  ["v1 Node", (value) => found(decodeNode(value), (nodes) => ({ nodes }))],
  [
    "networking.k8s.io/v1 NetworkPolicy",
    (value) => found(decodeNetworkPolicy(placed(value)), (policies) => ({ policies })),
  ],
  [
    "policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy",
    (value) =>
      found(decodeClusterNetworkPolicy(value), (policy) => ({ clusterNetworkPolicies: policy })),
  ],
  [
    "policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy",
    (value) =>
      found(decodeAdminNetworkPolicy(value), (policy) => ({ adminNetworkPolicies: policy })),
  ],
  [
    "policy.networking.k8s.io/v1alpha1 BaselineAdminNetworkPolicy",
    (value) =>
      found(
        decodeBaselineAdminNetworkPolicy(value),
        (policy) => ({ baselineAdminNetworkPolicies: policy }),
      ),
  ],
]);

/** Every API that has a policy of ours, in whichever version: the next one may have another. */
const ownApis = /^(extensions|(policy\.)?networking\.k8s\.io)\//;

interface Found {
  readonly record: Partial<Records>;
  readonly issues: readonly Issue[];
  readonly unread?: string;
}

/** Decodes a document by its kind. Namespaced objects without a namespace are in `default`. */
export function decodeDocument({ file, line, value }: ManifestDocument): ManifestObject {
  const { issues, ...rest } = decodeValue(value);
  return { file, line, ...rest, issues: issues.map((issue) => ({ ...issue, file, line })) };
}

function decodeValue(value: unknown): Found {
  const object = "document";
  if (!isFields(value)) return misfit(value, { object, field: "", expected: "an object" });
  const { kind, apiVersion } = value;
  if (typeof kind !== "string") {
    return misfit(kind, { object, field: "kind", expected: "a kind of the API" });
  }
  const known = [...decoders.keys()].map((key) => key.split(" ")).find(([, name]) => name === kind);
  const expected = known?.[0] ?? "a version of the API";
  if (typeof apiVersion !== "string") {
    return misfit(apiVersion, { object: kind, field: "apiVersion", expected });
  }
  const decode = decoders.get(`${apiVersion} ${kind}`);
  if (decode !== undefined) return decode(value);
  // Not to be passed over in silence: it is meant for us, and nobody would enforce it.
  if (known !== undefined && ownApis.test(apiVersion)) {
    return misfit(apiVersion, { object: kind, field: "apiVersion", expected });
  }
  return { record: {}, issues: [], unread: `${apiVersion} ${kind}` };
}

function found<T>({ object, issues }: Decoded<T>, record: (object: T) => Partial<Records>): Found {
  return { record: object === undefined ? {} : record(object), issues };
}

function misfit(found: unknown, issue: Omit<Issue, "found">): Found {
  return { record: {}, issues: [{ ...issue, found: formatFound(found) }] };
}

/** Says "default" where an object says nothing about its namespace, as kubectl does. */
function placed(value: Fields): Fields {
  const { metadata } = value;
  if (!isFields(metadata) || (metadata.namespace ?? "") !== "") return value;
  return { ...value, metadata: { ...metadata, namespace: "default" } };
}
