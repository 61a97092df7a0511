import assert from "node:assert/strict";
import { stringify } from "yaml";
import type { Agent } from "../lab/agent.ts";
import { until } from "../lab/clock.ts";
import { Cluster } from "./cluster.ts";
import type { ControlPlane } from "./control_plane.ts";
import { crdName, installCrd } from "./crds.ts";
import { expectOutcomes, settle } from "./outcomes.ts";
import { webForClients } from "./policies.ts";
import { untilHealthy, untilReadyz } from "./readyz.ts";

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

/** Serves ClusterNetworkPolicies in one version alone, in which they are as they were. */
async function serveAs({ kubectl }: ControlPlane, name: string): Promise<void> {
  const crd: Crd = JSON.parse(await kubectl.run(["get", "crd", crdName(cnp), "-o", "json"]));
  const [own] = crd.spec.versions;
  const others = crd.spec.versions.filter((version) => version.name !== name)
    .map((version) => ({ ...version, served: false, storage: false }));
  const versions = [...others, { ...own, name, served: true, storage: true }];
  const patch = JSON.stringify({ spec: { versions } });
  await kubectl.run(["patch", "crd", crdName(cnp), "--type=merge", "--patch", patch]);
}

interface Crd {
  readonly spec: { readonly versions: readonly [CrdVersion, ...CrdVersion[]] };
}

interface CrdVersion {
  readonly name: string;
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

Deno.test("policies that are served in another version only stay enforced, and are not passed over", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane } = cluster;
  await installCrd(plane, cnp, "experimental");
  await apply(plane, "closed", { tier: "Admin", priority: 20, ...fromTo("api", "Deny") });
  await using agent = await cluster.startAgent("n1");
  const denied = { "shop/api -> shop/web": "timeout", "shop/api -> shop/db": "open" } as const;
  await settle(lab, denied);
  await serveAs(plane, "v1beta1");
  const problem = "clusternetworkpolicies: .*the server has the kind in v1beta1 only";
  await untilReadyz(agent, new RegExp(`^degraded:\n${problem}\n`));
  await expectOutcomes(lab, denied);
  await using newcomer = await cluster.spawnAgent("n2");
  await untilReadyz(newcomer, new RegExp(`^${problem}\n`), 503);
  await serveAs(plane, "v1alpha2");
  await newcomer.ready();
  await untilHealthy(agent);
  await expectOutcomes(lab, denied);
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
