// This module is pure.
import { generatePod } from "./generate_pod.ts";
import { generatePolicy } from "./generate_policy.ts";
import { type ClusterSize, type GeneratedObject, pick, teams } from "./generated.ts";

/** A cluster's namespaces, nodes, policies and pods, in this order; the same for the same size. */
export function* generateCluster(size: ClusterSize): Generator<GeneratedObject> {
  for (let i = 0; i < size.namespaces; i++) yield generateNamespace(i, size);
  for (let i = 0; i < size.nodes; i++) yield generateNode(i);
  for (let i = 0; i < size.policies; i++) yield generatePolicy(i, size);
  for (let i = 0; i < size.pods; i++) yield generatePod(i, size);
}

/** A namespace of one of twenty teams and two tiers. `turn` grows with each change of its labels. */
export function generateNamespace(index: number, size: ClusterSize, turn = 0): GeneratedObject {
  const name = `ns-${index}`;
  const labels = {
    "kubernetes.io/metadata.name": name,
    team: `team-${(index + turn) % teams}`,
    tier: pick(size, "tier", index, 2) === 0 ? "front" : "back",
  };
  return { kind: "Namespace", metadata: { name, labels }, spec: {}, status: {} };
}

/** A node. `turn` grows with each change of its labels. */
export function generateNode(index: number, turn = 0): GeneratedObject {
  const name = `node-${index}`;
  const labels = {
    "kubernetes.io/hostname": name,
    "topology.kubernetes.io/zone": `zone-${(index + turn) % 3}`,
  };
  const addresses = [{ type: "InternalIP", address: `172.16.${index >> 8}.${index & 255}` }];
  return { kind: "Node", metadata: { name, labels }, spec: {}, status: { addresses } };
}
