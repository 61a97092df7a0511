import assert from "node:assert/strict";
import { stringify } from "yaml";
import { conditionsOf as wantedOf } from "../../lib/conditions/conditions.ts";
import { makePatch } from "../../lib/conditions/patch.ts";
import { decodeClusterNetworkPolicy } from "../../lib/decode/cluster_network_policy.ts";
import { decodeObservedPolicy } from "../../lib/decode/observed_policy.ts";
import type { ObservedPolicy } from "../../lib/model/observed_policy.ts";
import type { Agent } from "../lab/agent.ts";
import { delay, until } from "../lab/clock.ts";
import { agentUser } from "./account.ts";
import { Cluster } from "./cluster.ts";
import type { ControlPlane } from "./control_plane.ts";
import { installCrd } from "./crds.ts";
import { expectOutcomes, settle } from "./outcomes.ts";
import { untilHealthy, untilReadyz } from "./readyz.ts";

const cnp = "clusternetworkpolicies";
const v1alpha2 = "/apis/policy.networking.k8s.io/v1alpha2";

/** Agents wait up to ten seconds before they look. */
const patience = { timeoutMs: 30_000, everyMs: 100 };

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
}

/** What to do with what the shop's `app` sends to the web. */
function fromTo(
  app: string,
  action: string,
): { readonly subject: object; readonly ingress: readonly object[] } {
  const shop = { matchLabels: { "kubernetes.io/metadata.name": "shop" } };
  const one = (name: string): object => ({
    pods: { namespaceSelector: shop, podSelector: { matchLabels: { app: name } } },
  });
  return { subject: one("web"), ingress: [{ action, from: [one(app)] }] };
}

async function apply({ kubectl }: ControlPlane, name: string, spec: object): Promise<void> {
  const apiVersion = "policy.networking.k8s.io/v1alpha2";
  const object = { apiVersion, kind: "ClusterNetworkPolicy", metadata: { name }, spec };
  await kubectl.run(["apply", "-f", "-"], stringify(object));
}

async function conditionsOf({ admin }: ControlPlane, path: string): Promise<readonly Condition[]> {
  const { status } = await admin.get(path);
  return (status as { readonly conditions?: readonly Condition[] } | undefined)?.conditions ?? [];
}

/** Waits until the conditions of an object read so, each as `Accepted=True@1`; gives them. */
async function untilTold(
  plane: ControlPlane,
  path: string,
  ...wanted: readonly string[]
): Promise<readonly Condition[]> {
  let found: readonly Condition[] = [];
  const isTold = async (): Promise<boolean> => {
    found = await conditionsOf(plane, path);
    const told = found.map(({ type, status, observedGeneration }) =>
      `${type}=${status}@${observedGeneration}`
    );
    return told.join() === wanted.join();
  };
  await until(`${path} says ${wanted}`, isTold, patience).catch((cause) => {
    throw new Error(`Cannot see it say so: ${JSON.stringify(found)}`, { cause });
  });
  return found;
}

/** How often agents asked to write, and how often they were let. */
async function patches(plane: ControlPlane): Promise<readonly [asked: number, granted: number]> {
  const asked = (await plane.requestsOf(agentUser)).filter(({ verb }) => verb === "patch");
  return [asked.length, asked.filter(({ status }) => status === 200).length];
}

/** A policy as agents see it. */
async function observe({ admin }: ControlPlane, path: string): Promise<ObservedPolicy> {
  const { object } = decodeObservedPolicy(await admin.get(path), decodeClusterNetworkPolicy);
  assert.ok(object !== undefined);
  return object;
}

function written(agent: Agent): Promise<number> {
  return agent.metric("hedgerow_status_writes_total", `result="written"`);
}

Deno.test("CNP-27: conditions are written once for all agents, and follow the policy; others' stay", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane } = cluster;
  await plane.kubectl.run(["apply", "-f", "deploy/rbac-write-status.yaml"]);
  await installCrd(plane, cnp, "standard");
  await apply(plane, "closed", { tier: "Admin", priority: 20, ...fromTo("api", "Deny") });
  await using near = await cluster.startAgent("n1", ["--write-status"]);
  await using far = await cluster.startAgent("n2", ["--write-status"]);
  const closed = `${v1alpha2}/${cnp}/closed`;
  const [first] = await untilTold(plane, closed, "Accepted=True@1", "PriorityConflict=False@1");
  assert.equal(first?.reason, "Accepted");

  const foreign = `${closed}/status?fieldManager=somebody`;
  const ready = { type: "example.com/Ready", status: "True", reason: "Ready", message: "" };
  await plane.admin.patch(foreign, {
    status: {
      conditions: [
        ...await conditionsOf(plane, closed),
        { ...ready, lastTransitionTime: first?.lastTransitionTime },
      ],
    },
  });
  // The CRD's schema takes any operator; only who selects by it can tell that there is none.
  const odd = { namespaces: { matchExpressions: [{ key: "team", operator: "Like" }] } };
  const spec = { tier: "Admin", priority: 20, ...fromTo("api", "Deny") };
  await apply(plane, "closed", { ...spec, subject: odd });
  const broken = await untilTold(
    ...[plane, closed, "Accepted=False@2", "PriorityConflict=False@2"] as const,
    "example.com/Ready=True@undefined",
  );
  assert.match(broken[0]?.message ?? "", /^Denies everything .*operator: found "Like", expected/);
  assert.equal(broken[1]?.lastTransitionTime, first?.lastTransitionTime);
  assert.deepEqual(broken[2], { ...ready, lastTransitionTime: first?.lastTransitionTime });

  await apply(plane, "closed", spec);
  await apply(plane, "wanted", { tier: "Admin", priority: 20, ...fromTo("db", "Accept") });
  const wanted = `${v1alpha2}/${cnp}/wanted`;
  const [, conflict] = await untilTold(
    ...[plane, wanted, "Accepted=True@1", "PriorityConflict=True@1"] as const,
  );
  assert.match(conflict?.message ?? "", /^Same tier and priority as cnp:closed, which/);
  await untilTold(
    ...[plane, closed, "Accepted=True@3", "PriorityConflict=True@3"] as const,
    "example.com/Ready=True@undefined",
  );
  await settle(lab, { "shop/api -> shop/web": "timeout", "shop/db -> shop/web": "open" });

  const passes = await near.metric("hedgerow_passes_total");
  await delay(11_000); // until both have looked at what was written last
  const [asked, granted] = await patches(plane);
  assert.equal(await written(near) + await written(far), granted);
  assert.ok(granted >= 4 && granted <= 5, `${granted} writes`); // the last two changes are one or two
  assert.ok(asked - granted <= 2, `${asked} attempts for ${granted} writes`);
  assert.equal(await near.metric("hedgerow_passes_total"), passes, "a status is no news");
  for (const agent of [near, far]) await untilHealthy(agent);
});

/** Texts that a parser of YAML may take for something else, or a terminal obey. */
const oddTexts: Readonly<Record<string, string>> = {
  emoji: `${"a".repeat(57)}😀😀`,
  delete: "a\u007fb",
  line: "a\u0085b\u2028c",
  order: "a\u202eb\ufeffc",
};

Deno.test("CNP-27: conditions tell of whatever text is found, and are written once", async () => {
  await using cluster = await Cluster.create();
  const { plane } = cluster;
  await plane.kubectl.run(["apply", "-f", "deploy/rbac-write-status.yaml"]);
  await installCrd(plane, cnp, "standard");
  for (const [name, text] of Object.entries(oddTexts)) {
    const { subject, ingress } = fromTo("api", "Deny");
    const protocols = [{ destinationNamedPort: text }];
    const rules = ingress.map((rule) => ({ ...rule, protocols }));
    await plane.admin.create(`${v1alpha2}/${cnp}`, {
      ...{ apiVersion: "policy.networking.k8s.io/v1alpha2", kind: "ClusterNetworkPolicy" },
      ...{ metadata: { name }, spec: { tier: "Admin", priority: 20, subject, ingress: rules } },
    });
  }
  await using agent = await cluster.startAgent("n1", ["--write-status"]);
  for (const name of Object.keys(oddTexts)) {
    const path = `${v1alpha2}/${cnp}/${name}`;
    await untilTold(plane, path, "Accepted=False@1", "PriorityConflict=False@1");
    const observed = await observe(plane, path);
    const told = observed.conditions.map(({ lastTransitionTime: _, ...condition }) => condition);
    assert.deepEqual(told, wantedOf(observed, []), "as it was meant: nobody writes it again");
  }
  const wrote = Object.keys(oddTexts).length;
  await until("who wrote them has counted them", async () => await written(agent) >= wrote);
  assert.deepEqual(await patches(plane), [wrote, wrote]);
  assert.doesNotMatch((await agent.get("/readyz")).body, /not written/);
});

Deno.test("CNP-27: what is applied is stored as it was meant, whatever characters are in it", async () => {
  await using cluster = await Cluster.create();
  const { plane } = cluster;
  await installCrd(plane, cnp, "standard");
  await apply(plane, "closed", { tier: "Admin", priority: 20, ...fromTo("api", "Deny") });
  const path = `${v1alpha2}/${cnp}/closed`;
  const observed = await observe(plane, path);
  const units = Array.from({ length: 0x1_0000 }, (_, unit) => unit)
    .filter((unit) => unit < 0x100 || unit > 0x2000 && unit < 0x2100 || unit > 0xf800);
  const message = `${String.fromCharCode(...units)}😀\u{1fffe}\u{10ffff}`;
  const conditions = wantedOf(observed, []).map((one) => ({ ...one, message }));
  const patch = makePatch({ observed, conditions }, new Date().toISOString().slice(0, 19) + "Z");
  await plane.admin.apply(patch.path, patch.body);
  const { conditions: stored } = await observe(plane, path);
  assert.deepEqual(stored.map((one) => one.message), [message, message]);
});

Deno.test("CNP-27: without the right to write, an agent says so and enforces; granted, it writes", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane } = cluster;
  await installCrd(plane, cnp, "standard");
  await installCrd(plane, "adminnetworkpolicies", "standard");
  await using agent = await cluster.startAgent("n1", ["--write-status"]);
  await apply(plane, "closed", { tier: "Admin", priority: 20, ...fromTo("api", "Deny") });
  await apply(plane, "wanted", { tier: "Admin", priority: 10, ...fromTo("db", "Accept") });
  const outcomes = { "shop/api -> shop/web": "timeout", "shop/db -> shop/web": "open" } as const;
  await settle(lab, outcomes);
  const line = "status.conditions of policies are not written: the server forbids it: patch of " +
    "the status of every ClusterNetworkPolicy must be granted (deploy/rbac-write-status.yaml)";
  await untilReadyz(agent, new RegExp(`^degraded:\n${line.replaceAll(/[().]/g, "\\$&")}\n$`));
  assert.equal(agent.log.filter((text) => text.includes("are not written")).length, 1);
  const [, granted] = await patches(plane);
  assert.equal(granted, 0);
  await expectOutcomes(lab, outcomes);

  await plane.kubectl.run(["apply", "-f", "deploy/rbac-write-status.yaml"]);
  const apiVersion = "policy.networking.k8s.io/v1alpha1";
  const old = { apiVersion, kind: "AdminNetworkPolicy", metadata: { name: "old" } };
  const spec = { priority: 5, ...fromTo("api", "Deny") };
  await plane.kubectl.run(["apply", "-f", "-"], stringify({ ...old, spec }));
  const fine = ["Accepted=True@1", "PriorityConflict=False@1"] as const;
  for (const name of ["closed", "wanted"]) {
    const path = `${v1alpha2}/${cnp}/${name}`;
    await until(`${name} is told`, async () => (await conditionsOf(plane, path)).length > 0, {
      ...{ timeoutMs: 90_000, everyMs: 200 }, // it asks again after a minute
    });
    await untilTold(plane, path, ...fine);
  }
  await untilTold(plane, `/apis/${apiVersion}/adminnetworkpolicies/old`, ...fine);
  await untilHealthy(agent);
});
