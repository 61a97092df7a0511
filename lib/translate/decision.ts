// This module is pure.
import type { Family } from "../model/address.ts";
import type { ClusterState, NamedPort, Pod } from "../model/cluster.ts";
import type { ClusterNetworkPolicy, Tier, TierRule } from "../model/cluster_network_policy.ts";
import { selects } from "../model/labels.ts";
import type { Direction, NetworkPolicy, PolicyRule } from "../model/network_policy.ts";
import { maySelectNamespace } from "../model/namespace_name.ts";
import { compareText, keyOf } from "../model/object_key.ts";
import { policyName } from "../model/policy_name.ts";
import { doubted } from "./doubt.ts";
import { familiesOf, isolatingPolicies, type Subject } from "./subjects.ts";

/** What decides a pod in one direction: all that its group is made from. */
export interface Decision {
  /** Whether it is about what comes in or what goes out. */
  readonly direction: Direction;
  /** The families of the subject's addresses: no rule is made for another. */
  readonly families: readonly Family[];
  /** The subject's named ports that ingress rules ask for (NP-33, CNP-16). */
  readonly ports: Pod["ports"];
  /** True for a pod that could not be understood: nothing is allowed. */
  readonly isBroken: boolean;
  /** True where the subject's namespace is not known, and policies of tiers select by it. */
  readonly inDoubt: boolean;
  /** Of the Admin tier, in order (CNP-2). */
  readonly admin: readonly ClusterNetworkPolicy[];
  /** Sorted by name. Any of them makes the direction isolated, and that is final (NP-6, CNP-18). */
  readonly policies: readonly NetworkPolicy[];
  /** Of the Baseline tier, in order; none where a NetworkPolicy has the last word (CNP-19). */
  readonly baseline: readonly ClusterNetworkPolicy[];
}

/** What of a state decides; of NetworkPolicies those of the pod's namespace will do. */
export type Deciding = Pick<ClusterState, "namespaces" | "policies" | "clusterPolicies">;

/** What decides a pod in a direction; undefined where nothing does (NP-5, CNP-20). */
export function decide(
  subject: Subject,
  direction: Direction,
  state: Deciding,
): Decision | undefined {
  const { pod } = subject;
  const common = { direction, families: familiesOf(subject), ports: [], isBroken: pod.broken };
  // Nobody knows what would select a pod that could not be understood.
  if (pod.broken) return { ...common, inDoubt: false, admin: [], policies: [], baseline: [] };
  const tiers = [...state.clusterPolicies.values()]
    .flatMap((policy) => policyFor(pod, policy, state) ?? [])
    .filter((policy) => policy[direction].length > 0); // CNP-7
  const admin = ofTier(tiers, "Admin");
  const policies = isolatingPolicies(pod, direction, state.policies.values());
  const baseline = policies.length > 0 ? [] : ofTier(tiers, "Baseline");
  if (admin.length + policies.length + baseline.length === 0) return undefined;
  const inDoubt = !state.namespaces.has(keyOf({ name: pod.namespace })) &&
    [...admin, ...baseline].some(({ subject }) => subject.namespaceSelector.length > 0);
  const decision = { ...common, inDoubt, admin, policies, baseline };
  return direction === "ingress" ? { ...decision, ports: portsAskedFor(pod, decision) } : decision;
}

/**
 * What a policy is to a pod; undefined: it is not about it (CNP-9). HostNetwork pods are no subjects
 * either, but then nothing is enforced at their addresses.
 */
export function policyFor(
  pod: Pod,
  policy: ClusterNetworkPolicy,
  state: Deciding,
): ClusterNetworkPolicy | undefined {
  const { namespaceSelector, podSelector } = policy.subject;
  if (!selects(podSelector, pod.labels)) return undefined;
  // Every namespace is every namespace, one that is not known yet included.
  if (namespaceSelector.length === 0) return policy;
  const namespace = state.namespaces.get(pod.namespace);
  if (namespace !== undefined) {
    return selects(namespaceSelector, namespace.labels) ? policy : undefined;
  }
  return maySelectNamespace(namespaceSelector, pod.namespace) ? doubted(policy) : undefined;
}

/** CNP-2: the lowest priority first; CNP-17: at the same priority by name. */
function ofTier(
  policies: readonly ClusterNetworkPolicy[],
  tier: Tier,
): readonly ClusterNetworkPolicy[] {
  return policies.filter((policy) => policy.tier === tier).sort((a, b) =>
    a.priority - b.priority || compareText(policyName(a), policyName(b))
  );
}

/** Of some named ports of a pod, those that ingress rules look up at the pod itself. */
export function portsAskedFor(
  { ports }: Pick<Pod, "ports">,
  { admin, policies, baseline }: Pick<Decision, "admin" | "policies" | "baseline">,
): Pod["ports"] {
  return ports.filter((port) =>
    policies.some(({ ingress }) => ingress.some(({ ports }) => asksByPolicy(ports, port))) ||
    [admin, baseline].some((tier) =>
      tier.some(({ ingress }) => ingress.some(({ protocols }) => asksByTier(protocols, port)))
    )
  );
}

/** NP-36: by name and protocol. */
function asksByPolicy(ports: PolicyRule["ports"], { protocol, name }: NamedPort): boolean {
  return ports?.some((asked) =>
    asked.kind === "name" && asked.name === name && asked.protocol === protocol
  ) ?? false;
}

/** CNP-16: by name, whatever the protocol. */
function asksByTier(protocols: TierRule["protocols"], { name }: NamedPort): boolean {
  return protocols?.some((asked) => asked.kind === "name" && asked.name === name) ?? false;
}

/**
 * Names a decision: pods with the same key have the same answer, now and after any change of the
 * policies' rules and priorities. So a changed policy refills its group's chains in place; but a
 * policy that changes its tier makes other chains, as each is declared with its tier.
 */
export function decisionKey(decision: Decision): string {
  const numbers = decision.ports.map(({ protocol, name, port }) => `${protocol}/${name}=${port}`);
  const { admin, policies, baseline } = tierPolicies(decision);
  const names = [
    ...admin.map((name) => `Admin ${name}`),
    ...policies,
    ...baseline.map((name) => `Baseline ${name}`),
  ];
  const key = [names, numbers, decision.families].map((part) => part.join(",")).join(" | ");
  return decision.inDoubt ? `${key} ?` : key;
}

/** The policies that decide, printed; within a tier by name, as priorities change. */
function tierPolicies(
  { admin, policies, baseline }: Decision,
): Readonly<Record<"admin" | "policies" | "baseline", readonly string[]>> {
  return {
    admin: admin.map(policyName).sort(compareText),
    policies: policies.map((policy) => keyOf(policy)),
    baseline: baseline.map(policyName).sort(compareText),
  };
}
