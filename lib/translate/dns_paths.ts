// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { ClusterState, Pod } from "../model/cluster.ts";
import type { EndpointsRule, Group, GroupRule, PeersRule } from "../model/group.ts";
import { type LabelSelector, selects } from "../model/labels.ts";
import type { DnsPaths, NodePolicy } from "../model/node_policy.ts";
import { compareText, keyOf } from "../model/object_key.ts";

/** Where the cluster's DNS pods are, by a convention that all distributions follow. */
const dnsNamespace = "kube-system";
const dnsPods: LabelSelector = [{ key: "k8s-app", operator: "In", values: ["kube-dns"] }];

/** Who answers, and whose addresses are whose. */
export interface Answering extends Pick<ClusterState, "dnsResolvers" | "owners"> {
  /** Of pods the cluster's DNS pods will do. */
  readonly pods: Iterable<Pod>;
}

/** On which ways answers are of interest; undefined where no rule names a domain. */
export function dnsPaths(
  { groups, pods }: Pick<NodePolicy, "groups" | "pods">,
  answering: Answering,
): DnsPaths | undefined {
  const keys = new Set(groups.filter(isByName).map(({ key }) => key));
  if (keys.size === 0) return undefined;
  const clients = pods.filter(({ egress }) => egress !== undefined && keys.has(egress))
    .flatMap(({ addresses }) => addresses);
  return { clients: [...new Set(clients)].sort(compareText), resolvers: resolversOf(answering) };
}

function isByName({ direction, tiers }: Group): boolean {
  return direction === "egress" &&
    tiers.some(({ rules }) =>
      rules.flatMap(plainRules).some((rule) =>
        rule.kind === "peers" && rule.peers.kind === "union" && rule.peers.names !== undefined
      )
    );
}

/** A rule, or those that it hands its packets to. */
function plainRules(rule: GroupRule): readonly (PeersRule | EndpointsRule)[] {
  switch (rule.kind) {
    case "peers":
    case "endpoints":
      return [rule];
    case "ports":
      return rule.rules;
    case "port map":
      return rule.classes.flatMap(({ rules }) => rules);
    default:
      return rule satisfies never;
  }
}

/** Tells whether a pod is one of the cluster's DNS pods, and lives. */
export function isDnsPod({ namespace, ended, labels }: Pod): boolean {
  return namespace === dnsNamespace && !ended && selects(dnsPods, labels);
}

/**
 * A DNS pod on the host's network has its node's addresses, and they are as good. An address that
 * another pod owns by now is not the DNS pod's, whatever its record says (NP-53).
 */
function resolversOf({ pods, owners, dnsResolvers }: Answering): readonly IpAddress[] {
  const addresses = new Set(dnsResolvers);
  for (const pod of pods) {
    if (!isDnsPod(pod)) continue;
    for (const address of pod.addresses) {
      if (isNobodyElses(address, pod, owners)) addresses.add(address);
    }
  }
  return [...addresses].sort(compareText);
}

function isNobodyElses(address: IpAddress, pod: Pod, owners: Answering["owners"]): boolean {
  const owner = owners.get(address);
  return owner === undefined || keyOf(owner) === keyOf(pod);
}
