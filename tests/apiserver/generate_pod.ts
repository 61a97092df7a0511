// This module is pure.
import { appOf, type ClusterSize, type GeneratedObject, pick } from "./generated.ts";

/** What changes of a pod in the course of time. */
export interface PodTurn {
  /** How many pods have had its place before: each has a name and an address of its own. */
  readonly successor?: number;
  /** How often it has been relabelled. */
  readonly turn?: number;
  /** Changes nothing that policies look at. */
  readonly restarts?: number;
}

/** A pod of 3 to 6 kB, as an API server sends them. */
export function generatePod(
  index: number,
  size: ClusterSize,
  { successor = 0, turn = 0, restarts = 0 }: PodTurn = {},
): GeneratedObject {
  const app = appOf(pick(size, "app", index, 8) + turn);
  const hash = pick(size, "hash", index, 0xffffff).toString(16).padStart(8, "0");
  const podIP = addressOf(index + successor * size.pods);
  const containers = Array.from({ length: 1 + index % 3 }, (_, i) => generateContainer(app, i));
  const times = { lastProbeTime: null, lastTransitionTime: "2026-01-01T00:00:00Z" };
  const conditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"];
  const labels = { app, "pod-template-hash": hash, version: `v${pick(size, "version", index, 5)}` };
  return {
    kind: "Pod",
    metadata: { ...podMetadata(index, size, { hash, successor }), labels },
    spec: {
      ...{ nodeName: `node-${index % size.nodes}`, containers, serviceAccountName: "default" },
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
        ...{
          name,
          image,
          imageID: `sha256:${hash.repeat(8)}`,
          ready: true,
          restartCount: restarts,
        },
        ...{ containerID: `containerd://${hash.repeat(8)}`, started: true },
      })),
    },
  };
}

function podMetadata(
  index: number,
  size: ClusterSize,
  { hash, successor }: { readonly hash: string; readonly successor: number },
): GeneratedObject["metadata"] {
  const app = appOf(pick(size, "app", index, 8));
  const suffix = (index + successor * size.pods).toString(36).padStart(5, "0");
  const rest = {
    generateName: `${app}-${hash}-`,
    annotations: { "example.org/config": "c".repeat(64), "example.org/restarted": "2026-01-01" },
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: `${app}-${hash}` }],
    managedFields: ["kube-controller-manager", "kube-scheduler", "kubelet"].map(managedBy),
  };
  return {
    ...{
      namespace: `ns-${pick(size, "namespace", index, size.namespaces)}`,
      name: `${app}-${hash}-${suffix}`,
    },
    ...rest,
  };
}

/** Within 10.0.0.0/8. */
function addressOf(number: number): string {
  return `10.${number >> 16 & 255}.${number >> 8 & 255}.${number & 255}`;
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
