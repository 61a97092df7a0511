import type { ApiClient } from "./api_client.ts";
import {
  type ApiObject,
  namespaceObject,
  nodeObject,
  podObject,
  type PodSpec,
} from "../lab/objects.ts";
import type { Host } from "../lab/topology.ts";

/** Creates a Node as its kubelet would register it. */
export async function createNode(admin: ApiClient, node: Host): Promise<void> {
  await admin.create("/api/v1/nodes", nodeObject(node.name, node.addresses));
}

/** Creates a Namespace with what its controllers would put there: a default service account. */
export async function createNamespace(
  admin: ApiClient,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<void> {
  await admin.create("/api/v1/namespaces", namespaceObject(name, labels));
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } };
  await admin.create(`/api/v1/namespaces/${name}/serviceaccounts`, account);
}

/** Creates a Pod on its node and, as its kubelet would, writes its status, addresses and all. */
export async function createPod(
  admin: ApiClient,
  spec: PodSpec,
  addresses: Host["addresses"],
): Promise<ApiObject> {
  const { status, ...pod } = podObject(spec, addresses);
  await admin.create(podsPath(spec.name), pod);
  return await admin.patch(`${podPath(spec.name)}/status`, { status });
}

/** The path of a pod; its name is `namespace/name`. */
export function podPath(name: string): string {
  return `${podsPath(name)}/${name.slice(name.indexOf("/") + 1)}`;
}

/** The path of a namespace's policies. */
export function policiesPath(namespace: string): string {
  return `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
}

function podsPath(name: string): string {
  return `/api/v1/namespaces/${name.slice(0, name.indexOf("/"))}/pods`;
}
