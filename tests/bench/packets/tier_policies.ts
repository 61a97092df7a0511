// This module is pure.
import { appPeer, teams } from "./policies.ts";

/**
 * Whom policies of tiers are about: a team each, by turns, or all pods of the cluster, and these
 * perhaps each with a port of its own, in place of four lists of ports by turns.
 */
export type TierSubject = "a team" | "every pod" | "every pod, with a port of its own";

const protocolLists = [
  [{ tcp: { destinationPort: { number: 9100 } } }],
  [{ tcp: { destinationPort: { range: { start: 20, end: 25 } } } }],
  [{ destinationNamedPort: "metrics" }],
  [{ udp: { destinationPort: { number: 161 } } }, { tcp: { destinationPort: { number: 161 } } }],
];

/**
 * The ClusterNetworkPolicy of a number: two rules in each direction, for one of a hundred selectors
 * with a few ports, and for a hundred networks. Their actions alternate, so that not all of them
 * can be merged.
 */
export function tierPolicy(
  index: number,
  tier: "Admin" | "Baseline",
  subject: TierSubject,
): object {
  const actions = tier === "Admin" ? ["Accept", "Deny", "Pass"] : ["Accept", "Deny"];
  const action = actions[index % actions.length];
  const namespaces = subject === "a team" ? { matchLabels: { team: `${index % teams}` } } : {};
  const protocols = subject === "every pod, with a port of its own"
    ? [{ tcp: { destinationPort: { number: 10_000 + index } } }]
    : protocolLists[index % protocolLists.length];
  const { namespaceSelector, podSelector } = appPeer(index * 7 + 5);
  const pods = [{ pods: { namespaceSelector, podSelector } }];
  const networks = [{ networks: [`203.0.${index % 100}.0/24`] }];
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name: `${tier.toLowerCase()}-${index}`, uid: `uid-of-${tier}-${index}` },
    spec: {
      ...{ tier, priority: index, subject: { namespaces } },
      ingress: [
        { name: "pods", action, from: pods, protocols },
        {
          name: "scanners",
          action: "Deny",
          from: [{ namespaces: { matchLabels: { team: "x" } } }],
        },
      ],
      egress: [
        { name: "pods", action, to: pods, protocols },
        { name: "networks", action: "Deny", to: networks },
      ],
    },
  };
}
