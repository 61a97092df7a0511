import type { V1ContainerPort } from "@kubernetes/client-node";
import {
  makeNamespace,
  makeNode,
  makePod,
  type NodeTraits,
  type PodTraits,
} from "../unit/objects.ts";

/** An object of the API, as it comes from outside: it may hold what the API would refuse. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Fields;
  readonly [field: string]: unknown;
}

/** Fields that nobody has looked at. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is said of a pod: its traits, and fields that take the place of what they would make. */
export interface PodFields extends PodTraits {
  readonly ports?: readonly V1ContainerPort[];
  readonly metadata?: Fields;
  readonly spec?: Fields;
  readonly status?: Fields;
}

/** A NetworkPolicy, by its namespace/name and its spec. */
export function policy(key: string, spec: Fields): ApiObject {
  const [namespace, name] = key.split("/");
  const metadata = { namespace, name, uid: `uid-of-${namespace}-${name}` };
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec };
}

/** A namespace with the label that the API server gives it (NP-22), and others. */
export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): ApiObject {
  return plain(makeNamespace(name, labels));
}

/** A node. */
export function node(name: string, traits: NodeTraits = {}): ApiObject {
  return plain(makeNode(name, traits));
}

/** A ClusterNetworkPolicy: of the Admin tier and about all pods, where it does not say. */
export function clusterPolicy(name: string, spec: Fields): ApiObject {
  const metadata = { name, uid: `uid-of-cnp-${name}` };
  return {
    ...{ apiVersion: "policy.networking.k8s.io/v1alpha2", kind: "ClusterNetworkPolicy", metadata },
    spec: { tier: "Admin", priority: 10, subject: { namespaces: {} }, ...spec },
  };
}

/** An AdminNetworkPolicy: about all pods, where it does not say. */
export function adminPolicy(name: string, spec: Fields): ApiObject {
  const metadata = { name, uid: `uid-of-anp-${name}` };
  return {
    ...{ apiVersion: "policy.networking.k8s.io/v1alpha1", kind: "AdminNetworkPolicy", metadata },
    spec: { priority: 10, subject: { namespaces: {} }, ...spec },
  };
}

/** The BaselineAdminNetworkPolicy: about all pods, where it does not say. */
export function baselinePolicy(spec: Fields): ApiObject {
  const kind = "BaselineAdminNetworkPolicy";
  const metadata = { name: "default", uid: "uid-of-banp" };
  return {
    ...{ apiVersion: "policy.networking.k8s.io/v1alpha1", kind, metadata },
    spec: { subject: { namespaces: {} }, ...spec },
  };
}

/** A pod, by its namespace/name; on n1 where it does not say. */
export function pod(key: string, { metadata, spec, status, ...traits }: PodFields = {}): ApiObject {
  const made = plain(makePod(key, { node: "n1", ...traits }));
  return {
    ...made,
    metadata: { ...made.metadata, ...metadata },
    spec: { ...made.spec as Fields, ...spec },
    status: { ...made.status as Fields, ...status },
  };
}

/** What DNS told of a name: no object of the API, but it stands beside them in tests. */
export function answer(name: string, addresses: readonly string[], seconds = 60): ApiObject {
  return { apiVersion: "", kind: "Answer", metadata: { name }, name, addresses, seconds };
}

/** Names an object within its cluster: objects with the same name replace each other. */
export function nameOf({ kind, metadata }: ApiObject): string {
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}

/** The same as JSON would carry it. */
function plain(object: unknown): ApiObject {
  return JSON.parse(JSON.stringify(object)) as ApiObject;
}
