// This module is pure.
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import { decodeAdminPort } from "./admin_port.ts";
import type { Decoded } from "./decode.ts";
import type { TierForm } from "./tier_form.ts";
import { decodeTierPolicy } from "./tier_policy.ts";

const admin: TierForm = {
  kind: "AdminNetworkPolicy",
  tier: "Admin",
  specFields: ["priority", "subject", "ingress", "egress"],
  actions: new Map([["Allow", "Accept"], ["Deny", "Deny"], ["Pass", "Pass"]]),
  egressPeers: ["namespaces", "pods", "nodes", "networks", "domainNames"],
  namespacesOptional: false,
  protocolsField: "ports",
  decodeProtocol: decodeAdminPort,
};

/**
 * There is one at most, called `default`, and it is the last word before everything is allowed:
 * so it comes behind the ClusterNetworkPolicies of its tier, which end at 1000. It neither passes
 * nor names domains.
 */
const baseline: TierForm = {
  ...admin,
  kind: "BaselineAdminNetworkPolicy",
  onlyName: "default",
  tier: "Baseline",
  priority: 1001,
  specFields: ["subject", "ingress", "egress"],
  actions: new Map([["Allow", "Accept"], ["Deny", "Deny"]]),
  egressPeers: ["namespaces", "pods", "nodes", "networks"],
};

/** Decodes an AdminNetworkPolicy (policy.networking.k8s.io/v1alpha1) to what it comes to. */
export function decodeAdminNetworkPolicy(value: unknown): Decoded<ClusterNetworkPolicy> {
  return decodeTierPolicy(value, admin);
}

/** Decodes a BaselineAdminNetworkPolicy (policy.networking.k8s.io/v1alpha1) likewise. */
export function decodeBaselineAdminNetworkPolicy(value: unknown): Decoded<ClusterNetworkPolicy> {
  return decodeTierPolicy(value, baseline);
}
