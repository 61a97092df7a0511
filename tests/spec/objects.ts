import type { V1ContainerPort } from "@kubernetes/client-node";
import { makeNamespace, makeNode, makePod, type PodTraits } from "../unit/objects.ts";

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
export function node(name: string): ApiObject {
  return plain(makeNode(name));
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

/** Names an object within its cluster: objects with the same name replace each other. */
export function nameOf({ kind, metadata }: ApiObject): string {
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}

/** The same as JSON would carry it. */
function plain(object: unknown): ApiObject {
  return JSON.parse(JSON.stringify(object)) as ApiObject;
}
