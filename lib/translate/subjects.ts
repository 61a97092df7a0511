// This module is pure.
import { families, type Family, familyOf, type IpAddress } from "../model/address.ts";
import type { ClusterState, Pod } from "../model/cluster.ts";
import { selects } from "../model/labels.ts";
import type { Direction, NetworkPolicy } from "../model/network_policy.ts";
import { compareText, keyOf } from "../model/object_key.ts";

/** A pod of this node with the addresses that policies on it are enforced at. */
export interface Subject {
  /** As it is now or, for one that has departed, as it last was. */
  readonly pod: Pod;
  /** The addresses that it owns; at least one (NP-56), of both families (NP-60), sorted. */
  readonly addresses: readonly IpAddress[];
}

/**
 * The pods of a node that policies can isolate, by namespace and name: those that own an address,
 * and those that left the API while their processes may still run.
 */
export function subjectsOf(state: ClusterState, nodeName: string): readonly Subject[] {
  const addresses = new Map<Pod, IpAddress[]>();
  for (const owned of [state.owners, state.departed]) {
    for (const [address, pod] of owned) {
      if (pod.nodeName !== nodeName) continue;
      const others = addresses.get(pod);
      if (others === undefined) addresses.set(pod, [address]);
      else others.push(address);
    }
  }
  return [...addresses]
    .map(([pod, list]) => ({ pod, addresses: list.sort(compareText) }))
    .sort((a, b) => compareText(subjectKey(a), subjectKey(b)));
}

/**
 * What subjects are sorted by: a departed pod may have its successor's name, but never its addresses.
 * Another UID alone is none of a table's business.
 */
export function subjectKey({ pod, addresses: [first] }: Subject): string {
  return [keyOf(pod), first].join("\0");
}

/** The families that a subject has addresses of. */
export function familiesOf(subject: Subject): readonly Family[] {
  return families.filter((family) => subject.addresses.some((a) => familyOf(a) === family));
}

/** The policies that isolate a pod in a direction (NP-1, NP-3, NP-6), sorted by name. */
export function isolatingPolicies(
  pod: Pod,
  direction: Direction,
  policies: Iterable<NetworkPolicy>,
): readonly NetworkPolicy[] {
  const isolating: NetworkPolicy[] = [];
  for (const policy of policies) {
    if (
      policy.namespace === pod.namespace && policy.policyTypes.includes(direction) &&
      selects(policy.podSelector, pod.labels)
    ) isolating.push(policy);
  }
  return isolating.sort((a, b) => compareText(a.name, b.name));
}
