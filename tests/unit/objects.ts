import type {
  V1ContainerPort,
  V1Namespace,
  V1NetworkPolicy,
  V1NetworkPolicyIngressRule,
  V1NetworkPolicyPeer,
  V1NetworkPolicySpec,
  V1Node,
  V1Pod,
} from "@kubernetes/client-node";

/** An object as the API sends it: its times are text, not dates. */
export type Json<T> = T extends Date ? string
  : T extends readonly (infer Item)[] ? Json<Item>[]
  : T extends object ? { [Key in keyof T]: Json<T[Key]> }
  : T;

/** A policy's spec as the API has it: the client library cannot say `from`, and says `_from`. */
export type PolicySpec = Partial<Omit<V1NetworkPolicySpec, "ingress">> & {
  readonly ingress?: readonly IngressRule[];
};

/** A rule of `ingress` as the API has it. */
export type IngressRule = Omit<V1NetworkPolicyIngressRule, "_from"> & {
  readonly from?: readonly V1NetworkPolicyPeer[];
};

/** A NetworkPolicy as the API sends it. */
export type PolicyObject = Omit<Json<V1NetworkPolicy>, "spec"> & { readonly spec: PolicySpec };

/** What tests say of a pod; all else is as the API would have it. */
export interface PodTraits {
  readonly labels?: Readonly<Record<string, string>>;
  readonly node?: string;
  /** `status.podIPs`. */
  readonly ips?: readonly string[];
  /** Of its only container. */
  readonly ports?: readonly V1ContainerPort[];
  readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  readonly hostNetwork?: boolean;
  /** `metadata.creationTimestamp`. */
  readonly created?: string;
  readonly uid?: string;
}

/** `shop/web`, or `web` for the namespace `default`. */
export function makePod(key: string, traits: PodTraits = {}): Json<V1Pod> {
  const { namespace, name } = split(key);
  const { ips = [], ports } = traits;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...{ namespace, name, uid: traits.uid ?? `uid-of-${namespace}-${name}` },
      labels: { ...traits.labels },
      creationTimestamp: traits.created ?? "2026-01-01T00:00:00Z",
    },
    spec: {
      nodeName: traits.node ?? "node-1",
      containers: [{ name: "main", image: "main", ...(ports ? { ports: [...ports] } : {}) }],
      ...(traits.hostNetwork === undefined ? {} : { hostNetwork: traits.hostNetwork }),
    },
    status: {
      phase: traits.phase ?? "Running",
      ...(ips[0] === undefined ? {} : { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }),
    },
  };
}

/** A ClusterNetworkPolicy, as far as tests look into it. */
export interface ClusterPolicyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: object;
}

/** A ClusterNetworkPolicy of the Admin tier that denies all pods everything that comes in. */
export function makeClusterPolicy(name: string): ClusterPolicyObject {
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name, uid: `uid-of-${name}` },
    spec: {
      ...{ tier: "Admin", priority: 10, subject: { namespaces: {} } },
      ingress: [{ action: "Deny", from: [{ namespaces: {} }] }],
    },
  };
}

/** One of the two kinds that came before it, with the same meaning in its own tier. */
export function makeAdminPolicy(
  kind: "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy",
  name: string,
): object {
  return {
    ...{ apiVersion: "policy.networking.k8s.io/v1alpha1", kind },
    metadata: { name, uid: `uid-of-${name}` },
    spec: {
      ...(kind === "AdminNetworkPolicy" ? { priority: 10 } : {}),
      subject: { namespaces: {} },
      ingress: [{ action: "Deny", from: [{ namespaces: {} }] }],
    },
  };
}

/** A namespace with its own name among its labels, as the API sees to. */
export function makeNamespace(
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Json<V1Namespace> {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      ...{ name, uid: `uid-of-${name}` },
      labels: { ...labels, "kubernetes.io/metadata.name": name },
    },
  };
}

/** What tests say of a node. */
export interface NodeTraits {
  readonly labels?: Readonly<Record<string, string>>;
  /** `status.addresses`, all of them of type InternalIP; its host name is always there. */
  readonly ips?: readonly string[];
}

/** A node. */
export function makeNode(name: string, { labels, ips = [] }: NodeTraits = {}): Json<V1Node> {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, uid: `uid-of-${name}`, labels: { ...labels } },
    status: {
      addresses: [
        ...ips.map((address) => ({ type: "InternalIP", address })),
        { type: "Hostname", address: name },
      ],
    },
  };
}

/** `shop/web`, or `web` for the namespace `default`; it selects all pods where it does not say. */
export function makePolicy(key: string, spec: PolicySpec = {}): PolicyObject {
  const { namespace, name } = split(key);
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { namespace, name, uid: `uid-of-${namespace}-${name}` },
    spec: { podSelector: {}, ...spec },
  };
}

function split(key: string): { namespace: string; name: string } {
  const [first = "", second] = key.split("/");
  return second === undefined ? { namespace: "default", name: first } : {
    namespace: first,
    name: second,
  };
}
