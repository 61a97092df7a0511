/** One kind of objects that the server serves. */
export interface ServedKind {
  /** In paths: `pods`. */
  readonly resource: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly isNamespaced: boolean;
  /** True where a CRD defines it, with a status that is written apart from the rest. */
  readonly isCustom?: boolean;
}

/** An object of any kind, as far as the server looks into it. */
export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly generation?: number;
    readonly managedFields?: readonly object[];
  };
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** What the types of the API say: almost everything may be absent. */
export interface LooseObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
  };
  readonly spec?: unknown;
}

/** What is served. */
export const servedKinds: readonly ServedKind[] = [
  { resource: "pods", kind: "Pod", apiVersion: "v1", isNamespaced: true },
  { resource: "namespaces", kind: "Namespace", apiVersion: "v1", isNamespaced: false },
  { resource: "nodes", kind: "Node", apiVersion: "v1", isNamespaced: false },
  {
    resource: "networkpolicies",
    kind: "NetworkPolicy",
    apiVersion: "networking.k8s.io/v1",
    isNamespaced: true,
  },
  {
    resource: "clusternetworkpolicies",
    kind: "ClusterNetworkPolicy",
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    isNamespaced: false,
    isCustom: true,
  },
  {
    resource: "adminnetworkpolicies",
    kind: "AdminNetworkPolicy",
    apiVersion: "policy.networking.k8s.io/v1alpha1",
    isNamespaced: false,
    isCustom: true,
  },
  {
    resource: "baselineadminnetworkpolicies",
    kind: "BaselineAdminNetworkPolicy",
    apiVersion: "policy.networking.k8s.io/v1alpha1",
    isNamespaced: false,
    isCustom: true,
  },
];

const apiVersions = [...new Set(servedKinds.map(({ apiVersion }) => apiVersion))];

/** What a path of the API is about. */
export interface ApiPath {
  readonly kind: ServedKind;
  /** "" for all namespaces, and for kinds without any. */
  readonly namespace: string;
  /** "" for the collection. */
  readonly name: string;
  /** "" for the object itself. */
  readonly subresource: string;
}

/** Reads `/api/v1/namespaces/shop/pods/web`, `/api/v1/nodes` and so on; also `…/web/status`. */
export function tryParseApiPath(path: string): ApiPath | undefined {
  const apiVersion = tryFindApiVersion(path);
  if (apiVersion === undefined) return undefined;
  const rest = path.slice(prefixOf(apiVersion).length);
  const parts = rest.split("/").map(decodeURIComponent);
  const isWithin = parts[0] === "namespaces" && parts.length > 2 && parts[2] !== "status";
  const [resource, name = "", subresource = ""] = isWithin ? parts.slice(2) : parts;
  const namespace = isWithin ? parts[1] ?? "" : "";
  const kind = servedKinds.find((served) =>
    served.resource === resource && served.apiVersion === apiVersion
  );
  return kind && { kind, namespace, name, subresource };
}

/** The group and version of a path, where they are served; whether the kind is, too, is another matter. */
export function tryFindApiVersion(path: string): string | undefined {
  return apiVersions.find((apiVersion) => path.startsWith(prefixOf(apiVersion)));
}

function prefixOf(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}/` : `/api/${apiVersion}/`;
}

/** namespace/name, or the name alone. */
export function keyOfObject({ metadata }: ApiObject): string {
  return metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}
