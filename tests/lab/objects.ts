// This module is pure.
import type { IpAddress } from "../../lib/model/address.ts";
import type { Protocol } from "../../lib/model/port.ts";

/** An object as the API has it. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** What every object has. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
}

/** A pod to be. */
export interface PodSpec {
  /** As `namespace/name`. */
  readonly name: string;
  readonly node: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** What its one container declares. */
  readonly ports?: readonly DeclaredPort[];
  /** Default Running. */
  readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed";
}

/** A port that a container declares. */
export interface DeclaredPort {
  readonly name: string;
  readonly port: number;
  /** Default TCP. */
  readonly protocol?: Protocol;
}

/** The Pod of a spec, with the addresses that it has. */
export function podObject(
  { name, node, labels = {}, ports = [], phase = "Running" }: PodSpec,
  addresses: readonly IpAddress[],
): ApiObject {
  const [namespace = "", own = ""] = name.split("/");
  const declared = ports.map(({ name, port, protocol = "TCP" }) => ({
    name,
    containerPort: port,
    protocol,
  }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...identity(own), namespace, labels },
    spec: { nodeName: node, containers: [{ name: "main", image: "lab", ports: declared }] },
    status: { phase, podIP: addresses[0], podIPs: addresses.map((ip) => ({ ip })) },
  };
}

/** A Namespace; the API server sees to it that its name is among its labels. */
export function namespaceObject(
  name: string,
  labels: Readonly<Record<string, string>> = {},
): ApiObject {
  const all = { ...labels, "kubernetes.io/metadata.name": name };
  return { apiVersion: "v1", kind: "Namespace", metadata: { ...identity(name), labels: all } };
}

/** A Node with its addresses. */
export function nodeObject(name: string, addresses: readonly IpAddress[]): ApiObject {
  const labels = { "kubernetes.io/hostname": name };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { ...identity(name), labels },
    status: { addresses: addresses.map((address) => ({ type: "InternalIP", address })) },
  };
}

/** Names an object among all kinds: `Kind namespace/name`. */
export function objectName({ kind, metadata: { namespace, name } }: ApiObject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function identity(name: string): Pick<ObjectMeta, "name" | "uid" | "creationTimestamp"> {
  return { name, uid: crypto.randomUUID(), creationTimestamp: new Date().toISOString() };
}
