import assert from "node:assert/strict";
import { stringify } from "yaml";
import type { Agent } from "../lab/agent.ts";
import { until } from "../lab/clock.ts";
import { Cluster } from "./cluster.ts";
import type { ControlPlane } from "./control_plane.ts";
import { crdName, installCrd } from "./crds.ts";
import { expectOutcomes, settle } from "./outcomes.ts";
import { webForClients } from "./policies.ts";
import { untilHealthy } from "./readyz.ts";

/** An agent looks for kinds that are not there once a minute. */
const lookMs = 90_000;

const cnp = "clusternetworkpolicies";
const shop = { matchLabels: { "kubernetes.io/metadata.name": "shop" } };

/** Selects a pod of the shop by its name. */
function one(app: string): object {
  return { pods: { namespaceSelector: shop, podSelector: { matchLabels: { app } } } };
}

/** What to do with what `app` sends to the web. */
function fromTo(app: string, action: string): object {
  return { subject: one("web"), ingress: [{ action, from: [one(app)] }] };
}

async function apply({ kubectl }: ControlPlane, name: string, spec: object): Promise<void> {
  const apiVersion = "policy.networking.k8s.io/v1alpha2";
  const object = { apiVersion, kind: "ClusterNetworkPolicy", metadata: { name }, spec };
  await kubectl.run(["apply", "-f", "-"], stringify(object));
}

async function applyOld({ kubectl }: ControlPlane, kind: string, spec: object): Promise<void> {
  const apiVersion = "policy.networking.k8s.io/v1alpha1";
  const object = { apiVersion, kind, metadata: { name: "default" }, spec };
  await kubectl.run(["apply", "-f", "-"], stringify(object));
}

function objects(agent: Agent, kind: string): Promise<number> {
  return agent.metric("hedgerow_objects", `kind="${kind}"`);
}

/** What an agent's log tells of the optional kinds. */
function told(agent: Agent): readonly string[] {
  return agent.log.filter((line) => /clusternetworkpolicies|adminnetworkpolicies/.test(line));
}

Deno.test("the CRD comes while agents run, its policies are enforced, and it goes again", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane } = cluster;
  await plane.kubectl.run(["apply", "-f", "-"], webForClients);
  await plane.kubectl.run(["label", "--namespace=shop", "pod", "api", "role=client"]);
  await using near = await cluster.startAgent("n1");
  await using far = await cluster.startAgent("n2");
  await settle(lab, { "shop/api -> shop/web": "open", "shop/db -> shop/web": "timeout" });
  assert.deepEqual([...told(near), ...told(far)], []);
  await untilHealthy(near);

  await installCrd(plane, cnp, "standard");
  await apply(plane, "closed", { tier: "Admin", priority: 20, ...fromTo("api", "Deny") });
  await apply(plane, "wanted", { tier: "Admin", priority: 20, ...fromTo("db", "Accept") });
  const banned = { subject: one("db"), ingress: [{ action: "Deny", from: [one("web")] }] };
  await apply(plane, "banned", { tier: "Baseline", priority: 0, ...banned });
  const tiers = {
    "shop/api -> shop/web": "timeout",
    "shop/db -> shop/web": "open",
    "shop/web -> shop/db": "timeout",
  } as const;
  await settle(lab, tiers, lookMs);
  await apply(plane, "waved-on", { tier: "Admin", priority: 10, ...fromTo("api", "Pass") });
  await settle(lab, { ...tiers, "shop/api -> shop/web": "open" });
  await apply(plane, "waved-on", { tier: "Admin", priority: 30, ...fromTo("api", "Pass") });
  await settle(lab, tiers);
  assert.equal(await objects(near, cnp), 4);

  await plane.kubectl.run(["delete", "crd", crdName(cnp)]);
  const without = {
    "shop/api -> shop/web": "open",
    "shop/db -> shop/web": "timeout",
    "shop/web -> shop/db": "open",
  } as const;
  await settle(lab, without);
  for (const agent of [near, far]) {
    const isTold = (): boolean => told(agent).some((line) => line.includes("has no"));
    await until("the agent knows that the kind is gone", isTold, { timeoutMs: lookMs });
    assert.equal(await objects(agent, cnp), 0);
    await untilHealthy(agent);
  }
  await expectOutcomes(lab, without);
});

Deno.test("policies of the experimental channel are enforced, and outlast a restart of the API server", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane } = cluster;
  await installCrd(plane, cnp, "experimental");
  const nodes = { name: "keep off", action: "Deny", to: [{ nodes: {} }] };
  const alone = { subject: one("api"), egress: [nodes] };
  await apply(plane, "alone", { tier: "Admin", priority: 0, ...alone });
  await apply(plane, "closed", { tier: "Admin", priority: 20, ...fromTo("api", "Deny") });
  await using agent = await cluster.startAgent("n1");
  const denied = {
    "shop/api -> shop/web": "timeout",
    "shop/api -> n1": "timeout",
    "shop/api -> n2": "timeout",
    "shop/db -> n1": "open",
    "shop/api -> shop/db": "open",
  } as const;
  await settle(lab, denied);

  for (let restart = 0; restart < 3; restart++) {
    await plane.kill();
    await plane.restart();
    await plane.kubectl.run(["label", "--overwrite", "namespace", "blog", `restart=${restart}`]);
    await untilHealthy(agent);
    await expectOutcomes(lab, denied);
  }
  assert.equal(await objects(agent, cnp), 2);
  assert.deepEqual(told(agent).filter((line) => line.includes("has no")), []);
  await plane.kubectl.run(["delete", cnp, "--all"]);
  await settle(lab, { "shop/api -> shop/web": "open", "shop/api -> n1": "open" });
});

Deno.test("a cluster that has the kinds of v1alpha1 has them enforced", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane } = cluster;
  await installCrd(plane, "adminnetworkpolicies", "standard");
  await installCrd(plane, "baselineadminnetworkpolicies", "experimental");
  await applyOld(plane, "AdminNetworkPolicy", { priority: 5, ...fromTo("api", "Allow") });
  const everybody = { action: "Deny", from: [{ namespaces: {} }] };
  const baseline = { subject: one("web"), ingress: [everybody] };
  await applyOld(plane, "BaselineAdminNetworkPolicy", baseline);
  await using agent = await cluster.startAgent("n1");
  await settle(lab, { "shop/api -> shop/web": "open", "shop/db -> shop/web": "timeout" });
  await applyOld(plane, "AdminNetworkPolicy", { priority: 5, ...fromTo("db", "Allow") });
  await settle(lab, { "shop/api -> shop/web": "timeout", "shop/db -> shop/web": "open" });
  assert.equal(await objects(agent, "adminnetworkpolicies"), 1);
  await untilHealthy(agent);
});
