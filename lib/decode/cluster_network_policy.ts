// This module is pure.
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import type { Decoded } from "./decode.ts";
import type { TierForm } from "./tier_form.ts";
import { decodeTierPolicy } from "./tier_policy.ts";
import { decodeTierProtocol } from "./tier_protocol.ts";

/** Both channels of the CRD: `nodes` and `domainNames` are there in the experimental one alone. */
const form: TierForm = {
  kind: "ClusterNetworkPolicy",
  specFields: ["tier", "priority", "subject", "ingress", "egress"],
  actions: new Map([["Accept", "Accept"], ["Deny", "Deny"], ["Pass", "Pass"]]),
  egressPeers: ["namespaces", "pods", "nodes", "networks", "domainNames"],
  namespacesOptional: true,
  protocolsField: "protocols",
  decodeProtocol: decodeTierProtocol,
};

/**
 * Decodes a ClusterNetworkPolicy (policy.networking.k8s.io/v1alpha2). What its CRD merely limits
 * (how many rules and names, how long: CNP-23) is taken as it comes; what could be meant in a way
 * that is not understood fails closed (CNP-22), and is reported.
 */
export function decodeClusterNetworkPolicy(value: unknown): Decoded<ClusterNetworkPolicy> {
  return decodeTierPolicy(value, form);
}
