import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { until } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import { formatCell, isRight, measureMatrix } from "../../lab/matrix.ts";
import type { ApiObject } from "../../lab/objects.ts";
import { createShop, letIn, port, serverOf } from "./shop.ts";

type Rule = Readonly<Record<string, unknown>>;

/** What a tier's policy says of who comes from the shop or the street. */
interface TierSpec {
  readonly tier: "Admin" | "Baseline";
  readonly priority: number;
  readonly ingress: readonly Rule[];
}

const shop = { matchLabels: { "kubernetes.io/metadata.name": "shop" } };
const web = { namespaceSelector: shop, podSelector: { matchLabels: { app: "web" } } };

/** A rule about pods that are called so by their label `app`, in any namespace. */
function from(app: string, action: string): Rule {
  const pods = { namespaceSelector: {}, podSelector: { matchLabels: { app } } };
  return { action, from: [{ pods }] };
}

/** A ClusterNetworkPolicy about the web. */
function tiered(name: string, spec: TierSpec): ApiObject {
  return {
    ...{ apiVersion: "policy.networking.k8s.io/v1alpha2", kind: "ClusterNetworkPolicy" },
    metadata: { name },
    spec: { subject: { pods: web }, ...spec },
  };
}

/** One of the kinds of v1alpha1 about the web. */
function old(kind: string, name: string, spec: object): ApiObject {
  return {
    ...{ apiVersion: "policy.networking.k8s.io/v1alpha1", kind, metadata: { name } },
    spec: { subject: { pods: web }, ...spec },
  };
}

/** Which pods reach the web, by both families, once the kernels agree; all packets do what is right. */
async function guests(cluster: Cluster): Promise<readonly string[]> {
  await cluster.settled();
  const cells = await measureMatrix(cluster, [{ host: "shop/web", protocol: "TCP", port }]);
  deepEqual(cells.filter((cell) => !isRight(cell)).map(formatCell), []);
  const open = cells.filter(({ from, outcome }) => from.kind === "pod" && outcome === "open");
  return [...new Set(open.map((cell) => cell.from.name))].sort();
}

const everybody = ["shop/api", "shop/guest", "street/thief"];

Deno.test("real packets: Admin goes before NetworkPolicy, Pass leaves it the word, Baseline has the last", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  deepEqual(await guests(cluster), everybody);

  const banned = { tier: "Baseline", priority: 10, ingress: [from("thief", "Deny")] } as const;
  cluster.put(tiered("banned", banned));
  deepEqual(await guests(cluster), ["shop/api", "shop/guest"], "CNP-19: nobody isolates the web");

  cluster.put(letIn("own", "web", "guest"));
  deepEqual(await guests(cluster), ["shop/guest"], "NP-7");

  const deny = { tier: "Admin", priority: 20, ingress: [from("guest", "Deny")] } as const;
  const pass = { tier: "Admin", priority: 10, ingress: [from("guest", "Pass")] } as const;
  cluster.put(tiered("closed", deny));
  deepEqual(await guests(cluster), [], "CNP-5: a Deny of the Admin tier is final");

  cluster.put(tiered("waved-on", pass));
  deepEqual(await guests(cluster), ["shop/guest"], "CNP-6: the Pass comes first");
  cluster.put(tiered("closed", { ...deny, priority: 5 }));
  deepEqual(await guests(cluster), [], "CNP-2: now the Deny does");
  cluster.put(tiered("closed", { ...deny, priority: 30, ingress: [from("guest", "Accept")] }));
  deepEqual(await guests(cluster), ["shop/guest"], "the Pass is first again");

  cluster.remove("NetworkPolicy shop/own");
  deepEqual(await guests(cluster), ["shop/api", "shop/guest"], "the Baseline counts again");
  cluster.put(tiered("wanted", { tier: "Admin", priority: 1, ingress: [from("thief", "Accept")] }));
  deepEqual(await guests(cluster), everybody, "CNP-4: an Accept of the Admin tier is final");
});

Deno.test("real packets: the kinds of v1alpha1 do the same, and open connections are cut by a Deny", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  await using flow = await cluster.lab.traffic.open({
    from: cluster.lab.host("shop/guest"),
    to: cluster.lab.host("shop/web"),
    protocol: "TCP",
    port,
  });
  const deny = { priority: 7, ingress: [from("guest", "Deny")] };
  cluster.put(old("AdminNetworkPolicy", "closed", deny));
  deepEqual(await guests(cluster), ["shop/api", "street/thief"]);
  const { client, server } = await flow.silent(100);
  deepEqual([client.received > 0, server.received > 0], [true, true], "it was open");

  cluster.put(old("AdminNetworkPolicy", "closed", { ...deny, ingress: [from("guest", "Allow")] }));
  const baseline = { ingress: [{ action: "Deny", from: [{ namespaces: {} }] }] };
  cluster.put(old("BaselineAdminNetworkPolicy", "default", baseline));
  deepEqual(await guests(cluster), ["shop/guest"]);
});

Deno.test("CNP-17: a tie is decided by name, logged once, noted at /readyz and counted, until it is over", async () => {
  await using cluster = await createShop();
  const deny = { tier: "Admin", priority: 7, ingress: [from("guest", "Deny")] } as const;
  cluster.put(tiered("b", deny));
  cluster.put(tiered("a", { ...deny, ingress: [from("guest", "Pass")] }));
  await cluster.startAgents();
  deepEqual(await guests(cluster), everybody, "the Pass of a goes first");
  const agent = cluster.agent("n1");
  const note = /^ok\nnote: cnp:a, cnp:b have the same priority \(Admin 7, ingress\)/;
  match((await agent.get("/readyz")).body, note);
  equal(await agent.metric("hedgerow_priority_ties"), 1);
  equal(await cluster.agent("n2").metric("hedgerow_priority_ties"), 0, "the web is not there");

  cluster.put(tiered("later", { ...deny, priority: 8 }));
  cluster.put(tiered("b", { ...deny, priority: 6 }));
  deepEqual(await guests(cluster), ["shop/api", "street/thief"]);
  doesNotMatch((await agent.get("/readyz")).body, /degraded|same priority/);
  equal(await agent.metric("hedgerow_priority_ties"), 0);
  equal(agent.log.filter((line) => /same priority/.test(line)).length, 1);
});

Deno.test("an agent needs none of the optional kinds, and lets go of the policies of one that goes", async () => {
  await using cluster = await createShop();
  const { server } = serverOf(cluster);
  for (const kind of ["adminnetworkpolicies", "baselineadminnetworkpolicies"]) {
    server.uninstall(kind);
  }
  const closed = { tier: "Admin", priority: 1, ingress: [from("guest", "Deny")] } as const;
  cluster.put(tiered("closed", closed));
  await cluster.startAgents();
  deepEqual(await guests(cluster), ["shop/api", "street/thief"]);
  const agent = cluster.agent("n1");
  doesNotMatch((await agent.get("/readyz")).body, /degraded|same priority/);
  const objects = (kind: string): Promise<number> =>
    agent.metric("hedgerow_objects", `kind="${kind}"`);
  equal(await objects("clusternetworkpolicies"), 1);
  equal(await objects("adminnetworkpolicies"), 0);

  cluster.remove("ClusterNetworkPolicy closed");
  server.uninstall("clusternetworkpolicies");
  deepEqual(await guests(cluster), everybody);
  await until("the agent knows", () => agent.log.some((line) => line.includes("has no")));
  doesNotMatch((await agent.get("/readyz")).body, /degraded|same priority/);
  deepEqual(agent.log.filter((line) => /adminnetworkpolicies/.test(line)), []);
});
