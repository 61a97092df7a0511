// This module is pure.
import type { Cluster } from "../lab/cluster.ts";

/** One act of the demo. */
export interface Step {
  readonly title: string;
  /** What to look for in the matrix. */
  readonly explains: string;
  /** What a user would type for it; undefined: nothing. */
  readonly command: string | undefined;
  /** Does it; `read` gives an example's text. */
  readonly act: (cluster: Cluster, read: (name: string) => string) => void;
  /** True: after it the connections are opened that the steps to come leave alone, or cut. */
  readonly opens?: boolean;
  /** Names of open connections that it must cut; the others must live on. */
  readonly cuts?: readonly string[];
}

/** The acts in their order. */
export const steps: readonly Step[] = [
  {
    title: "No policy yet",
    explains: "Everybody reaches everybody, by IPv4 and by IPv6.",
    command: undefined,
    act: () => {},
  },
  apply("default-deny", {
    title: "The shop is shut",
    explains: "Nothing in, nothing out, but each node still reaches its own pods, for probes.",
  }),
  apply("allow-dns", {
    title: "The shop may ask DNS",
    explains: "The selectors of one item must both match: kube-dns, in kube-system.",
  }),
  apply("public-web", {
    title: "The web is open to the world",
    explains: "Two blocks, one for each family, and a port by its name.",
  }),
  apply("web-from-frontend", {
    title: "The web calls the cart",
    explains: "A named port is looked up at the destination: http is 8080 there, 8000 here.",
  }),
  apply("database-from-cart", {
    title: "The cart calls the database",
    explains: "Two pods on two nodes: egress is judged on one, ingress on the other.",
    opens: true,
  }),
  apply("egress-to-partner", {
    title: "The cart calls a partner outside",
    explains: "An IPv4 block opens nothing for IPv6.",
  }),
  apply("metrics-from-monitoring", {
    title: "Monitoring scrapes everybody's port `metrics`",
    explains: "A number of its own on each pod; the web declares none, and opens none.",
  }),
  {
    title: "Another namespace becomes part of monitoring",
    explains: "A label on a namespace is all that it takes.",
    command: "kubectl label namespace dev purpose=monitoring",
    act: (cluster) => cluster.label("Namespace dev", { purpose: "monitoring" }),
  },
  apply("allow-same-namespace", {
    title: "The developers keep to themselves",
    explains: "Their egress is isolated now: what the shop would still let in no longer leaves.",
  }),
  {
    title: "Permissions are withdrawn from connections that are open",
    explains: "Both ways at once, also a stream that only its server feeds; others live on.",
    command: "kubectl delete -f deploy/examples/database-from-cart.yaml -f …/allow-dns.yaml",
    act: (cluster) => {
      cluster.remove("NetworkPolicy shop/cart-to-db");
      cluster.remove("NetworkPolicy shop/db-from-cart");
      cluster.remove("NetworkPolicy shop/allow-dns");
    },
    cuts: ["shop/cart → shop/db", "kube-system/dns → shop/web"],
  },
  {
    title: "All policies are deleted",
    explains: "Everything is open again.",
    command: "kubectl delete networkpolicies --all --all-namespaces",
    act: (cluster) => {
      for (const name of cluster.names("NetworkPolicy")) cluster.remove(name);
    },
  },
];

function apply(example: string, told: Pick<Step, "title" | "explains" | "opens">): Step {
  return {
    ...told,
    command: `kubectl apply -f deploy/examples/${example}.yaml`,
    act: (cluster, read) => {
      cluster.apply(read(example));
    },
  };
}
