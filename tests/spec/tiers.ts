import { cluster } from "./cluster.ts";
import { check, type Expected } from "./check.ts";
import { type ApiObject, clusterPolicy, type Fields } from "./objects.ts";

/** Selects the cluster's namespaces of these names. */
export function spaces(...names: readonly string[]): Fields {
  return { matchExpressions: [{ key: "ns", operator: "In", values: names }] };
}

/** Selects the cluster's pods of these names. */
export function names(...names: readonly string[]): Fields {
  return { matchExpressions: [{ key: "pod", operator: "In", values: names }] };
}

/** A subject or a peer: all pods of namespaces. */
export function inside(...namespaces: readonly string[]): Fields {
  return { namespaces: spaces(...namespaces) };
}

/** A subject or a peer: one pod, as `x/a`. */
export function one(key: string): Fields {
  const [namespace = "", name = ""] = key.split("/");
  return { pods: { namespaceSelector: spaces(namespace), podSelector: names(name) } };
}

/** A peer: every pod. */
export const anyPod: Fields = { namespaces: {} };

/** A peer: every address of both families. */
export const anywhere: Fields = { networks: ["0.0.0.0/0", "::/0"] };

/** The entry of `protocols` for a port or a range of one of TCP, UDP and SCTP. */
export function port(protocol: "tcp" | "udp" | "sctp", first: number, last?: number): Fields {
  const destinationPort = last === undefined
    ? { number: first }
    : { range: { start: first, end: last } };
  return { [protocol]: { destinationPort } };
}

/** The entry of `protocols` for a port by its name. */
export function named(name: string): Fields {
  return { destinationNamedPort: name };
}

/** A policy about x/a in the Admin tier with these ingress rules. */
export function into(...ingress: readonly Fields[]): ApiObject {
  return clusterPolicy("in", { subject: one("x/a"), ingress });
}

/** A policy about x/a in the Admin tier with these egress rules. */
export function out(...egress: readonly Fields[]): ApiObject {
  return clusterPolicy("out", { subject: one("x/a"), egress });
}

/** Both tiers. */
export const tiers = ["Admin", "Baseline"] as const;

/** Checks that a policy says the same in either tier, where no other policy has a say. */
export function checkInBothTiers(
  policies: readonly ApiObject[],
  expected: Expected,
  more: readonly ApiObject[] = [],
): void {
  for (const tier of tiers) {
    const inTier = policies.map((policy) => ({
      ...policy,
      spec: { ...policy.spec as Fields, tier },
    }));
    check(cluster(...more, ...inTier), expected);
  }
}
