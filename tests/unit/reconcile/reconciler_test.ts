import { deepEqual, equal, match, ok } from "node:assert/strict";
import { ClusterStore } from "../../../lib/cluster/store.ts";
import type { Listing } from "../../../lib/model/listing.ts";
import type { Kernel } from "../../../lib/reconcile/kernel.ts";
import { Reconciler, type ReconcilerOptions } from "../../../lib/reconcile/reconciler.ts";
import { until } from "../../lab/clock.ts";
import { cluster } from "../../spec/cluster.ts";
import { type ApiObject, clusterPolicy, type Fields, policy } from "../../spec/objects.ts";
import { anyPod, one } from "../../spec/tiers.ts";
import { decodeObjects } from "../state.ts";

/** A kernel that takes every table but those that speak of poison. */
class SqueamishKernel implements Kernel {
  table: Listing | undefined;
  /** What was asked of it, in order. */
  readonly asked: ("apply" | "finish" | "heal" | "look")[] = [];
  /** Parts of the table that are still to be looked at. */
  parts = 0;
  /** How often it was asked what it would take. */
  checks = 0;
  /** Whether it minds poison. */
  isSqueamish = true;
  /** True while it takes nothing at all. */
  isBroken = false;
  /** True while what a change has left cannot be done. */
  cannotFinish = false;
  /** While it is there, a look waits for it. */
  obstacle: Promise<void> | undefined;
  /** True while it cannot be read back. */
  isIllegible = false;

  apply(desired: Listing): Promise<void> {
    this.asked.push("apply");
    const error = this.#refusal(desired);
    if (error !== undefined) return Promise.reject(error);
    this.table = desired;
    return Promise.resolve();
  }

  finish(): Promise<void> {
    this.asked.push("finish");
    return this.cannotFinish ? Promise.reject(new Error("it cannot finish")) : Promise.resolve();
  }

  applyPorts(): Promise<void> {
    return Promise.resolve();
  }

  heal(): Promise<void> {
    this.asked.push("heal");
    return Promise.resolve();
  }

  async look(): Promise<{ readonly isMoreDue: boolean }> {
    this.asked.push("look");
    await this.obstacle;
    if (this.isIllegible) throw new Error("it cannot be read");
    return { isMoreDue: --this.parts > 0 };
  }

  check(desired: Listing): Promise<Error | undefined> {
    this.checks++;
    return Promise.resolve(this.#refusal(desired));
  }

  #refusal({ sets }: Listing): Error | undefined {
    if (this.isBroken) return new Error("it takes nothing");
    const isPoisoned = /poison/.test([...sets.values()].map((set) => set.declaration).join());
    return isPoisoned && this.isSqueamish ? new Error("it is poison") : undefined;
  }
}

/** A reconciler at work over a cluster, until its test ends. */
class Work implements AsyncDisposable {
  readonly kernel = new SqueamishKernel();
  readonly store = new ClusterStore({ nodeName: "n1", now: () => performance.now() });
  readonly reconciler: Reconciler;
  readonly #end = new AbortController();
  readonly #run: Promise<void>;
  #passes = 0;

  constructor(
    policies: readonly ApiObject[],
    options: Partial<Pick<ReconcilerOptions, "selfHealMs" | "isAfterKill" | "askAgainMs">> = {},
  ) {
    const { kernel, store } = this;
    const observer = { enforced: () => {}, applied: () => {} };
    this.reconciler = new Reconciler({
      ...{ kernel, store, observer, nodeName: "n1", selfHealMs: 60_000 },
      ...options,
    });
    this.put(...policies);
    this.#run = this.reconciler.run(this.#end.signal);
  }

  /** Tells the store of a whole cluster with these policies. */
  put(...policies: readonly ApiObject[]): void {
    const objects = decodeObjects(cluster(...policies));
    const { sinks } = this.store;
    this.#passes = this.reconciler.status.passes;
    sinks.namespaces.replace(objects.namespaces, 0);
    sinks.nodes.replace(objects.nodes, 0);
    sinks.pods.replace(objects.pods, 0);
    sinks.policies.replace(objects.policies, 0);
    sinks.clusterNetworkPolicies.replace(objects.clusterNetworkPolicies, 0);
    sinks.adminNetworkPolicies.replace(objects.adminNetworkPolicies, 0);
    sinks.baselineAdminNetworkPolicies.replace(objects.baselineAdminNetworkPolicies, 0);
  }

  /** The policies in quarantine, printed, once what was put is in the kernel. */
  async held(): Promise<readonly string[]> {
    await until("the change is through", () => this.reconciler.status.passes > this.#passes);
    return this.reconciler.status.quarantined.map(({ name }) => name);
  }

  /** The rules of the chains whose names begin so. */
  rules(chain: string): readonly string[] {
    return [...this.kernel.table?.chains ?? []].filter(([name]) => name.startsWith(chain))
      .flatMap(([, { rules }]) => rules);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#run;
  }
}

const poison = { pods: { podSelector: { matchLabels: { pod: "poison" } } } };
const fine = { subject: one("x/c"), ingress: [{ action: "Deny", from: [anyPod] }] };

/** A ClusterNetworkPolicy about x/a. */
function about(name: string, spec: Fields): ApiObject {
  return clusterPolicy(name, { subject: one("x/a"), ...spec });
}

Deno.test("a ClusterNetworkPolicy that the kernel refuses is put in quarantine: it denies everything where it says anything", async () => {
  const bad = about("bad", { ingress: [{ action: "Accept", from: [poison] }] });
  await using work = new Work([bad, clusterPolicy("fine", fine)]);
  deepEqual(await work.held(), ["cnp:bad"]);
  const [held] = work.reconciler.status.quarantined;
  match(held?.reason ?? "", /poison/);
  deepEqual(work.rules("ingress-cnp-bad"), [
    'goto deny-ingress comment "cnp:bad"',
    "return",
  ]);
  deepEqual(work.rules("egress-cnp-bad"), [], "it says nothing of this direction");
  equal(work.rules("ingress-cnp-fine").length, 3, "others go on");
});

Deno.test("policies of both kinds are found among each other, and are let out when they are changed", async () => {
  const good = about("good", { egress: [{ action: "Deny", to: [anyPod] }] });
  const bad = about("bad", { egress: [{ action: "Pass", to: [poison] }] });
  const worse = policy("x/worse", {
    podSelector: {},
    ingress: [{ from: [{ podSelector: { matchLabels: { pod: "poison" } } }] }],
  });
  await using work = new Work([good, bad, worse, clusterPolicy("fine", fine)]);
  deepEqual(await work.held(), ["cnp:bad", "x/worse"]);
  work.put(good, about("bad", { egress: [{ action: "Pass", to: [anyPod] }] }), worse);
  deepEqual(await work.held(), ["x/worse"]);
  work.put(good);
  deepEqual(await work.held(), []);
});

const bad = about("bad", { ingress: [{ action: "Accept", from: [poison] }] });
const worse = about("worse", { egress: [{ action: "Accept", to: [poison] }] });

Deno.test("policies are let out of quarantine when the kernel takes them after all", async () => {
  await using work = new Work([bad, worse], { askAgainMs: 50 });
  const { kernel, reconciler } = work;
  deepEqual(await work.held(), ["cnp:bad", "cnp:worse"]);
  const { checks } = kernel;
  await until("it is asked about both", () => kernel.checks > checks + 2);
  deepEqual(reconciler.status.quarantined.map(({ name }) => name), ["cnp:bad", "cnp:worse"]);
  kernel.isSqueamish = false;
  await until("both are out", () => reconciler.status.quarantined.length === 0);
  await until("they hold", () => /accept|return/.test(`${work.rules("ingress-cnp-bad").at(0)}`));
});

Deno.test("a reload has the kernel asked for what it has refused", async () => {
  await using work = new Work([bad]);
  const { kernel, reconciler } = work;
  deepEqual(await work.held(), ["cnp:bad"]);
  kernel.isSqueamish = false;
  reconciler.reload();
  await until("it is out", () => /accept|return/.test(`${work.rules("ingress-cnp-bad").at(0)}`));
  deepEqual(reconciler.status.quarantined, []);
});

Deno.test("only those at fault are put in quarantine, also where many are about the same pods", async () => {
  const all = ["Accept", "Deny", "Pass"].map((action) => {
    const rule = { action, from: [one("y/b")] };
    return about(`fine-${action.toLowerCase()}`, { ingress: [rule] });
  });
  const bad = about("bad", { ingress: [{ action: "Deny", from: [poison] }] });
  const behind = about("behind", {
    tier: "Baseline",
    ingress: [{ action: "Deny", from: [poison] }],
  });
  const isolating = policy("x/isolating", { podSelector: {}, policyTypes: ["Ingress"] });
  await using work = new Work([...all, bad, isolating, behind]);
  deepEqual(await work.held(), ["cnp:bad"], "the Baseline policy has no say here");
  work.put(...all, bad, behind);
  deepEqual(await work.held(), ["cnp:bad", "cnp:behind"]);
});

Deno.test("CNP-17: ties between policies are known as long as they last", async () => {
  const a = about("a", { ingress: [{ action: "Accept", from: [anyPod] }] });
  const b = about("b", { ingress: [{ action: "Deny", from: [anyPod] }] });
  await using work = new Work([a, b]);
  const ties = async (): Promise<unknown> => {
    await work.held();
    return work.reconciler.status.ties.map(({ policies }) => policies);
  };
  deepEqual(await ties(), [["cnp:a", "cnp:b"]]);
  work.put(a);
  deepEqual(await ties(), []);
});

Deno.test("self-heal goes part by part with passes in between, and a reload reads all back", async () => {
  await using work = new Work([], { selfHealMs: 50 });
  const { kernel, reconciler } = work;
  kernel.parts = 1000;
  await until("it looks", () => kernel.asked.includes("look"));
  work.put(about("new", fine));
  await work.held();
  ok(kernel.parts > 0, "the pass came before the last part");
  const before = kernel.asked.length;
  reconciler.reload();
  await until("all is read back", () => kernel.asked.includes("heal"));
  equal(kernel.asked.slice(before).find((asked) => asked !== "look"), "heal");
});

Deno.test("after a kill all is read back at the first self-heal, and part by part from then on", async () => {
  await using work = new Work([], { selfHealMs: 50, isAfterKill: true });
  const { kernel: { asked } } = work;
  await until("it looks", () => asked.includes("look"));
  deepEqual(asked.filter((what) => /heal|look/.test(what)).slice(0, 2), ["heal", "look"]);
});

Deno.test("while the kernel takes nothing, changes do not make it be asked more often; a reload does", async () => {
  await using work = new Work([]);
  const { kernel, reconciler, store } = work;
  await work.held();
  kernel.isBroken = true;
  const before = kernel.asked.length;
  for (let n = 0; n < 100; n++) {
    store.changes.add("pod", performance.now());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const asked = kernel.asked.length - before;
  ok(asked > 0, "it was asked");
  ok(asked < 20, `it was asked ${asked} times for 100 changes`);
  kernel.isBroken = false;
  work.put(clusterPolicy("fine", fine));
  reconciler.reload();
  deepEqual(await work.held(), []);
});

Deno.test("a table that cannot be read back holds up no change", async () => {
  await using work = new Work([], { selfHealMs: 50 });
  const { kernel, reconciler, store } = work;
  await work.held();
  kernel.isIllegible = true;
  await until("that fails again and again", () => reconciler.status.failures > 2); // 2 s to the next
  const { failures, passes } = reconciler.status;
  store.changes.add("pod", performance.now());
  await until("the change is through", () => reconciler.status.passes > passes);
  equal(reconciler.status.failures, failures, "it did not wait for another try to read");
});

Deno.test("what a change has left is tried again although nothing else changes", async () => {
  await using work = new Work([]);
  const { kernel, reconciler, store } = work;
  await work.held();
  kernel.cannotFinish = true;
  store.changes.add("pod", performance.now());
  await until("that fails", () => reconciler.status.lastError === "it cannot finish");
  kernel.cannotFinish = false;
  await until("all is well", () => reconciler.status.lastError === undefined);
});

Deno.test("a reload while the table is being looked at has all of it read back", async () => {
  await using work = new Work([], { selfHealMs: 50 });
  const { kernel, reconciler } = work;
  const { promise, resolve } = Promise.withResolvers<void>();
  kernel.obstacle = promise;
  await until("it looks", () => kernel.asked.at(-1) === "look");
  reconciler.reload();
  resolve();
  await until("all is read back", () => kernel.asked.includes("heal"));
});

Deno.test("a reload before there is a table does not take the place of the look after a kill", async () => {
  await using work = new Work([], { selfHealMs: 50, isAfterKill: true });
  const { kernel: { asked }, reconciler } = work;
  reconciler.reload();
  await until("all is read back", () => asked.includes("heal"));
  ok(asked.indexOf("apply") < asked.indexOf("heal"), asked.join());
});

Deno.test("who waits for a change answers before what it has left is begun", async () => {
  await using work = new Work([]);
  const { kernel: { asked }, store } = work;
  await work.held();
  const { promise, resolve } = Promise.withResolvers<void>();
  const answering = (async () => {
    await promise;
    for (let step = 0; step < 10; step++) await Promise.resolve(); // as through handlers
    return asked.at(-1);
  })();
  store.changes.add("cni", performance.now(), resolve);
  equal(await answering, "apply");
  await until("the rest is done, too", () => asked.at(-1) === "finish");
});
