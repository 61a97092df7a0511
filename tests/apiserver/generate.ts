import type { ApiObject } from "./kinds.ts";

/** How large a cluster is to be. */
export interface ClusterSize {
  readonly pods: number;
  readonly namespaces: number;
  readonly nodes: number;
  readonly policies: number;
}

/** An object with everything that a real one has. */
export interface GeneratedObject extends ApiObject {
  readonly spec?: object;
  readonly status?: object;
}

const apps = ["web", "api", "db", "cache", "queue", "batch", "auth", "search"] as const;

/** A cluster's namespaces, nodes, policies and pods, in this order; the same for the same size. */
export function* generateCluster(size: ClusterSize): Generator<GeneratedObject> {
  for (let i = 0; i < size.namespaces; i++) yield generateNamespace(i);
  for (let i = 0; i < size.nodes; i++) yield generateNode(i);
  for (let i = 0; i < size.policies; i++) yield generatePolicy(i, size);
  for (let i = 0; i < size.pods; i++) yield generatePod(i, size);
}

function appOf(index: number): string {
  return apps[index % apps.length] ?? "web";
}

function generateNamespace(index: number): GeneratedObject {
  const name = `team-${index}`;
  const labels = { "kubernetes.io/metadata.name": name, tier: index % 2 === 0 ? "a" : "b" };
  return { kind: "Namespace", metadata: { name, ...{ labels } }, spec: {}, status: {} };
}

function generateNode(index: number): GeneratedObject {
  const name = `node-${index}`;
  const labels = { "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": `z${index % 3}` };
  const addresses = [{ type: "InternalIP", address: `172.16.${index >> 8}.${index & 255}` }];
  return { kind: "Node", metadata: { name, ...{ labels } }, spec: {}, status: { addresses } };
}

/** Selects an app, and lets in another one from two teams and a block. */
function generatePolicy(index: number, { namespaces }: ClusterSize): GeneratedObject {
  const namespace = `team-${index % namespaces}`;
  const from = [
    { podSelector: { matchLabels: { app: appOf(index + 1) } } },
    {
      namespaceSelector: { matchLabels: { tier: index % 2 === 0 ? "a" : "b" } },
      podSelector: { matchLabels: { app: appOf(index + 2) } },
    },
    { ipBlock: { cidr: `192.0.${index & 255}.0/24`, except: [`192.0.${index & 255}.7/32`] } },
  ];
  const ports = [{ protocol: "TCP", port: 8080 }, { protocol: "TCP", port: "metrics" }];
  return {
    kind: "NetworkPolicy",
    metadata: { namespace, name: `policy-${index}` },
    spec: {
      podSelector: { matchLabels: { app: appOf(index) } },
      policyTypes: ["Ingress"],
      ingress: [{ from, ports }],
    },
  };
}

/** A pod of 3 to 6 kB, as an API server sends them. */
export function generatePod(index: number, { namespaces, nodes }: ClusterSize): GeneratedObject {
  const app = appOf(index);
  const namespace = `team-${index % namespaces}`;
  const hash = (index % 977).toString(16).padStart(8, "0");
  const podIP = `10.${index >> 16 & 255}.${index >> 8 & 255}.${index & 255}`;
  const labels = { app, "pod-template-hash": hash, version: `v${index % 5}` };
  const metadata = {
    ...{ namespace, name: `${app}-${hash}-${index.toString(36).padStart(5, "0")}` },
    ...{ generateName: `${app}-${hash}-`, labels },
    annotations: { "example.org/config": "c".repeat(64), "example.org/restarted": "2026-01-01" },
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: `${app}-${hash}` }],
    managedFields: ["kube-controller-manager", "kube-scheduler", "kubelet"].map(managedBy),
  };
  const containers = Array.from({ length: 1 + index % 3 }, (_, i) => generateContainer(app, i));
  const times = { lastProbeTime: null, lastTransitionTime: "2026-01-01T00:00:00Z" };
  const conditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"];
  return {
    kind: "Pod",
    metadata,
    spec: {
      ...{ nodeName: `node-${index % nodes}`, containers, serviceAccountName: "default" },
      ...{ restartPolicy: "Always", dnsPolicy: "ClusterFirst", schedulerName: "default-scheduler" },
      tolerations: ["not-ready", "unreachable"].map((condition) => ({
        ...{ key: `node.kubernetes.io/${condition}`, operator: "Exists" },
        ...{ effect: "NoExecute", tolerationSeconds: 300 },
      })),
      volumes: [{ name: "kube-api-access", projected: { defaultMode: 420, sources: [] } }],
    },
    status: {
      ...{ phase: "Running", podIP, podIPs: [{ ip: podIP }], qosClass: "Burstable" },
      conditions: conditions.map((type) => ({ type, status: "True", ...times })),
      containerStatuses: containers.map(({ name, image }) => ({
        ...{ name, image, imageID: `sha256:${hash.repeat(8)}`, ready: true, restartCount: 0 },
        ...{ containerID: `containerd://${hash.repeat(8)}`, started: true },
      })),
    },
  };
}

function generateContainer(app: string, index: number): { name: string; image: string } {
  const name = index === 0 ? app : `${app}-sidecar-${index}`;
  const rest = {
    env: Array.from({ length: 6 }, (_, i) => ({ name: `SETTING_${i}`, value: `${app}-${i}` })),
    ports: [
      { name: index === 0 ? "http" : `side-${index}`, containerPort: 8080 + index },
      ...(index === 0 ? [{ name: "metrics", containerPort: 9090, protocol: "TCP" }] : []),
    ],
    resources: { limits: { memory: "128Mi" }, requests: { cpu: "100m", memory: "64Mi" } },
    volumeMounts: [{ name: "kube-api-access", mountPath: "/var/run/secrets", readOnly: true }],
  };
  return { name, image: `registry.example.org/${app}:1.2.3`, ...rest };
}

function managedBy(manager: string): object {
  const container = { ".": {}, "f:image": {}, "f:name": {}, "f:ports": {}, "f:resources": {} };
  const fieldsV1 = {
    "f:metadata": { "f:labels": { ".": {}, "f:app": {}, "f:version": {} }, "f:generateName": {} },
    "f:spec": { "f:containers": { [`k:{"name":"main"}`]: container }, "f:restartPolicy": {} },
    "f:status": { "f:conditions": { [`k:{"type":"Ready"}`]: { "f:status": {} } }, "f:podIP": {} },
  };
  const rest = { operation: "Update", apiVersion: "v1", fieldsType: "FieldsV1" };
  return { manager, ...rest, time: "2026-01-01T00:00:00Z", fieldsV1 };
}
