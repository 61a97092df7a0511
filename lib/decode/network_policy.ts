// This module is pure.
import { everything } from "../model/labels.ts";
import { directions, type NetworkPolicy } from "../model/network_policy.ts";
import type { Decoded } from "./decode.ts";
import { isFields, noFields } from "./fields.ts";
import { intern } from "./intern.ts";
import { decodeIdentity } from "./metadata.ts";
import { decodeRules } from "./policy_rule.ts";
import { decodePolicyTypes } from "./policy_types.ts";
import type { Report } from "./report.ts";
import { decodeSelector } from "./selector.ts";

/**
 * Decodes a NetworkPolicy (networking.k8s.io/v1) with every default filled in. What the API would
 * refuse (NP-62) is reported and makes the whole policy broken: its rules are not trusted, and the
 * pods that it selects are isolated in the directions that it names.
 */
export function decodeNetworkPolicy(value: unknown): Decoded<NetworkPolicy> {
  const identity = decodeIdentity(value, { kind: "NetworkPolicy", namespaced: true });
  const { report } = identity;
  if (identity.name === undefined) return { object: undefined, issues: report.issues };
  const { name, uid, namespace } = identity;
  const meaning = decodeSpec(isFields(value) ? value.spec : undefined, report);
  const broken = report.size > 0;
  const rules = broken ? { ingress: [], egress: [] } : undefined;
  const object = { namespace: intern(namespace), name, uid, ...meaning, ...rules, broken };
  return { object, issues: report.issues };
}

type Meaning = Pick<NetworkPolicy, "podSelector" | "policyTypes" | "ingress" | "egress">;

/**
 * An absent spec is an empty one, and isolates the pods of the namespace for ingress (NP-2, NP-4).
 * One that is no object may have meant anything: all pods, both directions.
 */
function decodeSpec(value: unknown, report: Report): Meaning {
  const spec = value ?? noFields;
  if (!isFields(spec)) {
    report.add("spec", spec, "an object");
    return { podSelector: everything, policyTypes: directions, ingress: [], egress: [] };
  }
  const policyTypes = decodePolicyTypes(spec, { field: "spec.policyTypes", report });
  const podSelector = decodeSelector(spec.podSelector, { field: "spec.podSelector", report });
  const [ingress = [], egress = []] = directions.map((direction) => {
    const rules = decodeRules(spec[direction], { field: `spec.${direction}`, report, direction });
    return policyTypes.includes(direction) ? rules : []; // others are inert (NP-3)
  });
  return { podSelector: podSelector ?? everything, policyTypes, ingress, egress };
}
