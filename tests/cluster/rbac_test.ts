import assert from "node:assert/strict";
import { agentUser, requestToken } from "./account.ts";
import type { ApiClient } from "./api_client.ts";
import { Cluster } from "./cluster.ts";
import { expectOutcomes, settle } from "./outcomes.ts";
import { webForClients } from "./policies.ts";
import { untilHealthy, untilReadyz } from "./readyz.ts";

const ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/hedgerow";

/** What the agent reads in every cluster: resource -> its group. */
const everywhere = new Map([
  ["namespaces", ""],
  ["networkpolicies", "networking.k8s.io"],
  ["nodes", ""],
  ["pods", ""],
]);

/** All that it reads, with what need not be installed, and is not here. */
const read = new Map([
  ...everywhere,
  ["clusternetworkpolicies", "policy.networking.k8s.io"],
  ["adminnetworkpolicies", "policy.networking.k8s.io"],
  ["baselineadminnetworkpolicies", "policy.networking.k8s.io"],
]);

Deno.test("the roles that we ship let an agent list and watch what it reads, and write a status, and nothing else", async () => {
  await using cluster = await Cluster.create();
  const { plane: { admin, kubectl }, account } = cluster;
  // Everybody may do a few harmless things; what matters is what the role adds.
  await kubectl.run(["create", "serviceaccount", "--namespace=kube-system", "nobody"]);
  const nobody = await requestToken(admin, "nobody");
  const common = new Set(await rightsOf(cluster, nobody.token));
  const added = (await rightsOf(cluster, account.current.token)).filter((r) => !common.has(r));
  const expected = [...read].flatMap(([resource, group]) =>
    ["list", "watch"].map((verb) => `${verb} ${group}/${resource}`)
  );
  assert.deepEqual(added.sort(), expected.sort());
  await kubectl.run(["apply", "-f", "deploy/rbac-write-status.yaml"]);
  const all = (await rightsOf(cluster, account.current.token)).filter((r) => !common.has(r));
  const tiers = [...read.keys()].filter((resource) => !everywhere.has(resource));
  assert.deepEqual(all.filter((right) => !added.includes(right)).sort(), [
    ...tiers.map((resource) => `patch policy.networking.k8s.io/${resource}/status`).sort(),
  ]);
});

Deno.test("whatever right is taken from it, a running agent names what it cannot read", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane, uplink } = cluster;
  await plane.kubectl.run(["apply", "-f", "-"], webForClients);
  await using agent = await cluster.startAgent("n1");
  const denied = { "shop/api -> shop/web": "timeout", "shop/api -> shop/db": "open" } as const;
  await settle(lab, denied);
  for (const resource of everywhere.keys()) {
    await restrict(plane.admin, resource);
    await uplink.dropConnections(); // a watch that was allowed goes on for as long as it lasts
    await untilReadyz(agent, refusal("degraded:\\n\\w+: not heard of for", resource));
    await expectOutcomes(lab, denied);
    await plane.kubectl.run(["apply", "-f", "deploy/rbac.yaml"]);
    await untilHealthy(agent);
  }
  const asked = new Set(
    (await plane.requestsOf(agentUser)).map(({ verb, resource }) =>
      resource.startsWith("/") ? `${verb} ${resource}` : verb
    ),
  );
  assert.deepEqual([...asked].sort(), ["get /apis", "list", "watch"]);
});

Deno.test("an agent that may not read something is not ready, and says what", async () => {
  await using cluster = await Cluster.create();
  for (const resource of read.keys()) {
    await restrict(cluster.plane.admin, resource);
    await using agent = await cluster.spawnAgent("n1");
    await untilReadyz(agent, refusal("\\w+: not synced", resource), 503);
    await cluster.plane.kubectl.run(["apply", "-f", "deploy/rbac.yaml"]);
  }
});

/** A body of `/readyz` that tells of one refused resource, and of nothing else. */
function refusal(beginning: string, resource: string): RegExp {
  return new RegExp(`^${beginning}[^\\n]*: Cannot get \\S*/${resource}: 403[^\\n]*\\n?$`);
}

/** Takes one resource out of the agents' role. */
async function restrict(admin: ApiClient, resource: string): Promise<void> {
  const role = await admin.get(ROLE);
  const rules = (role as unknown as { readonly rules: readonly Rule[] }).rules;
  const rest = rules.map(({ resources, ...rule }) => ({
    ...rule,
    resources: resources?.filter((name) => name !== resource),
  })).filter(({ resources }) => resources?.length !== 0);
  await admin.patch(ROLE, { rules: rest });
}

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  /** None: it is about paths that are no resources. */
  readonly resources?: readonly string[];
}

/** What a token's owner may do in any namespace, as `verb group/resource`. */
async function rightsOf({ plane }: Cluster, token: string): Promise<readonly string[]> {
  using client = plane.client({ token });
  const review = await client.create("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    metadata: { name: "" },
    spec: { namespace: "shop" },
  });
  const { resourceRules } = review.status as { readonly resourceRules: readonly Rule[] };
  return resourceRules.flatMap(({ verbs, apiGroups = [], resources = [] }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))
    )
  );
}
