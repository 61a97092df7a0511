import * as fc from "fast-check";
import { ClusterStore } from "../../lib/cluster/store.ts";
import type { Pod } from "../../lib/model/cluster.ts";
import { tryParseCidr } from "../../lib/decode/cidr.ts";
import type { IpAddress } from "../../lib/model/address.ts";
import type { NodePolicy } from "../../lib/model/node_policy.ts";
import { type ApiObject, nameOf, pod } from "../spec/objects.ts";
import { type ClusterObjects, decodeObjects } from "../unit/state.ts";
import { podIps } from "./addresses.ts";
import { answers } from "./answers.ts";
import { type Change, change, changeObjects, gatherObjects } from "./change.ts";
import { clusterObjects } from "./cluster.ts";
import { type SandboxStep, sandboxStep, tellSandbox } from "./sandboxes.ts";

/** A cluster, and what becomes of it, step by step. */
export interface History {
  readonly objects: readonly ApiObject[];
  readonly steps: readonly Step[];
}

/** One thing that happens, and how the agent hears of it. */
export interface Step {
  readonly what: "change" | "time" | "list" | "dns" | "sandbox";
  readonly change: Change;
  readonly sandbox: SandboxStep;
  /** What DNS tells, and a DNS pod. */
  readonly dns: readonly ApiObject[];
  /** An update as it is, told twice, or as a removal and an addition. */
  readonly told: "once" | "twice" | "split";
  /** True: the agent looks before the next step. */
  readonly looks: boolean;
}

const dnsPod: fc.Arbitrary<ApiObject> = fc.record({
  ips: podIps,
  labels: fc.constantFrom({ "k8s-app": "kube-dns" }, { "k8s-app": "kube-dns" }, {}),
  hostNetwork: fc.boolean(),
  phase: fc.constantFrom("Running", "Running", "Failed"),
}).map((traits) => pod("kube-system/dns", traits as Parameters<typeof pod>[1]));

const whats = [
  ...["change", "change", "change", "change", "sandbox", "sandbox", "time", "list", "dns"] as const,
];

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...whats),
  change,
  sandbox: sandboxStep,
  dns: fc.tuple(answers, dnsPod).map(([answers, pod]) => [...answers, pod]),
  told: fc.constantFrom<Step["told"]>("once", "once", "twice", "split"),
  looks: fc.boolean(),
});

/** A random cluster with a random history. */
export const history: fc.Arbitrary<History> = fc.record({
  objects: clusterObjects.map(gatherObjects),
  steps: fc.array(step, { maxLength: 16, size: "max" }),
});

/** One in which much happens, and every step is looked at. */
export const busyHistory: fc.Arbitrary<History> = fc.record({
  objects: clusterObjects.map(gatherObjects),
  steps: fc.array(step.map((step) => ({ ...step, looks: true })), {
    ...{ minLength: 12, maxLength: 20, size: "max" },
  }),
});

/** The store of one node's agent, told what happens to a cluster's objects. */
export class ToldStore {
  readonly store: ClusterStore;
  #now = 0;
  #objects: readonly ApiObject[] = [];

  constructor(nodeName: string, objects: readonly ApiObject[]) {
    this.store = new ClusterStore({
      ...{ nodeName, now: () => this.#now },
      dnsResolvers: ["192.0.2.53" as IpAddress],
      podBlocks: ["10.0.0.0/30", "10.0.0.8/29", "fd00::/16"].flatMap((cidr) =>
        tryParseCidr(cidr) ?? []
      ),
      denyTunnels: objects.length % 2 === 0,
    });
    this.#objects = objects;
    this.list();
  }

  /** The objects as they are now. */
  get objects(): readonly ApiObject[] {
    return this.#objects;
  }

  /** Takes one step. */
  take(step: Step): void {
    if (step.what === "list") this.list();
    else if (step.what === "time") this.wait(40_000);
    else if (step.what === "sandbox") tellSandbox(this.store, step.sandbox);
    else this.become(afterStep(this.#objects, step), step.told);
  }

  /** What has been worked out is in the kernel. */
  applied({ nameSets }: NodePolicy): void {
    this.store.wantNames(nameSets.flatMap(({ names }) => names));
  }

  /** Time passes. */
  wait(ms: number): void {
    this.#now += ms;
    this.store.expire();
  }

  /** Every kind is told whole. */
  list(): void {
    const decoded = decodeObjects(this.#objects);
    const { sinks } = this.store;
    sinks.namespaces.replace(decoded.namespaces, 0);
    sinks.nodes.replace(decoded.nodes, 0);
    sinks.policies.replace(decoded.policies, 0);
    sinks.clusterNetworkPolicies.replace(decoded.clusterNetworkPolicies, 0);
    sinks.adminNetworkPolicies.replace(decoded.adminNetworkPolicies, 0);
    sinks.baselineAdminNetworkPolicies.replace(decoded.baselineAdminNetworkPolicies, 0);
    sinks.pods.replace(decoded.pods, 0);
  }

  /** The cluster's objects become others, event by event. */
  become(after: readonly ApiObject[], told: Step["told"]): void {
    const names = new Set(after.map(nameOf));
    const gone = this.#objects.filter((object) => !names.has(nameOf(object)));
    const come = after.filter((object) => !this.#objects.includes(object));
    if (told === "split") this.#tell(come, "remove");
    this.#tell(gone, "remove");
    this.#tell(come, "upsert");
    if (told === "twice") this.#tell(come, "upsert");
    this.#objects = after;
  }

  #tell(objects: readonly ApiObject[], how: "upsert" | "remove"): void {
    const { sinks } = this.store;
    const decoded = decodeObjects(objects);
    if (how === "upsert") {
      for (const answer of decoded.answers) this.store.learn(answer, () => {});
    }
    for (const pod of decoded.pods) sinks.pods[how](withOwnLabels(pod), 0);
    for (const namespace of decoded.namespaces) sinks.namespaces[how](namespace, 0);
    for (const node of decoded.nodes) sinks.nodes[how](node, 0);
    for (const policy of decoded.policies) sinks.policies[how](policy, 0);
    for (const kind of tierKinds) for (const policy of decoded[kind]) sinks[kind][how](policy, 0);
  }
}

const tierKinds = [
  "clusterNetworkPolicies",
  "adminNetworkPolicies",
  "baselineAdminNetworkPolicies",
] as const satisfies readonly (keyof ClusterObjects)[];

function afterStep(objects: readonly ApiObject[], { what, change, dns }: Step): typeof objects {
  if (what === "change") return changeObjects(objects, change);
  if (what !== "dns") return objects;
  const names = dns.map(nameOf);
  return [...objects.filter((object) => !names.includes(nameOf(object))), ...dns];
}

/** Labels that read alike are the same object as long as they are remembered, and not for ever. */
function withOwnLabels(pod: Pod): Pod {
  return /[02468]$/.test(pod.name) ? pod : { ...pod, labels: { ...pod.labels } };
}

/** Prints a history: its objects at the beginning, and then what is new and gone after each step. */
export function formatHistory({ objects, steps }: History): string {
  const lines = [JSON.stringify(objects, undefined, 1)];
  let now = objects;
  for (const step of steps) {
    const { what, told, looks, sandbox } = step;
    const after = afterStep(now, step);
    const come = after.filter((object) => !now.includes(object));
    const gone = now.filter((object) => !after.includes(object)).map(nameOf);
    lines.push(`# ${what}, told ${told}${looks ? ", looked at" : ""}; gone: ${gone.join(", ")}`);
    if (what === "sandbox") lines.push(JSON.stringify(sandbox));
    if (come.length > 0) lines.push(JSON.stringify(come));
    now = after;
  }
  return lines.join("\n");
}
