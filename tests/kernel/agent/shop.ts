import { ApiSource } from "../../lab/api_source.ts";
import { Cluster } from "../../lab/cluster.ts";
import type { ApiObject } from "../../lab/objects.ts";

/** The port that everybody answers on. */
export const port = 80;

/** A small shop: its web pods are on n1, who comes from elsewhere is on n2. */
export function createShop(): Promise<Cluster> {
  return Cluster.create({
    nodes: ["n1", "n2"],
    namespaces: { shop: {}, street: {} },
    pods: [
      { name: "shop/web", node: "n1", labels: { app: "web" } },
      { name: "shop/api", node: "n1", labels: { app: "api" } },
      { name: "shop/guest", node: "n2", labels: { app: "guest" } },
      { name: "street/thief", node: "n2", labels: { app: "thief" } },
    ],
    ports: [{ protocol: "TCP", port }, { protocol: "UDP", port }],
    source: (lab) => new ApiSource(lab),
  });
}

/** The API server that a shop's agents follow. */
export function serverOf({ source }: Cluster): ApiSource {
  if (source instanceof ApiSource) return source;
  throw new Error("Cannot find the API server: the cluster has another source");
}

/** Pods of the shop that a policy selects let in who has one of these labels `app`. */
export function letIn(name: string, app: string, ...guests: readonly string[]): ApiObject {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: "shop" },
    spec: {
      podSelector: { matchLabels: { app } },
      policyTypes: ["Ingress"],
      ingress: guests.map((guest) => ({
        from: [{ podSelector: { matchLabels: { app: guest } } }],
      })),
    },
  };
}

/**
 * The `n`th of a row of changes that have nothing to do with the thief: policies that come, change
 * and go, labels of others. Whoever the thief is denied by, he stays denied by.
 */
export function changeSomething(cluster: Cluster, n: number): void {
  const name = `change-${n % 5}`;
  switch (n % 4) {
    case 0:
      return cluster.put(letIn(name, n % 3 === 0 ? "web" : "api", `guest-${n}`));
    case 1:
      return cluster.put(letIn("change-x", "web", `guest-${n}`, "api"));
    case 2:
      return cluster.label("Pod shop/guest", { shift: `${n}`, app: `guest-${n % 7}` });
    default: {
      const [first] = cluster.names("NetworkPolicy").filter((other) => other.includes("change-"));
      if (first !== undefined) cluster.remove(first);
    }
  }
}
