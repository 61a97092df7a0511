// This module is pure.
import { appOf, type ClusterSize, type GeneratedObject, pick, teams } from "./generated.ts";

/** So many different selectors, and so many different blocks, are the peers of all policies. */
const distinctPeers = 100;

const portLists = [
  [{ protocol: "TCP", port: "http" }],
  [{ protocol: "TCP", port: 443 }, { protocol: "TCP", port: 8443 }],
  [{ protocol: "UDP", port: 53 }, { protocol: "TCP", port: 53 }],
  [{ protocol: "TCP", port: 8000, endPort: 8090 }],
  [{ protocol: "TCP", port: "metrics" }, { protocol: "TCP", port: 9100 }],
  [{ protocol: "TCP", port: 5432 }],
  undefined,
] as const;

const directions = [["Ingress"], ["Ingress"], ["Ingress", "Egress"], ["Egress"]] as const;

/**
 * Selects all pods of its namespace, or one app: one to three rules with peers out of a hundred
 * selectors and a hundred blocks. `turn` grows with each change of the rules.
 */
export function generatePolicy(index: number, size: ClusterSize, turn = 0): GeneratedObject {
  const draw = (topic: string, count: number): number => pick(size, topic, index, count);
  const isWhole = draw("whole", 3) === 0;
  const podSelector = isWhole ? {} : { matchLabels: { app: appOf(draw("app of policy", 8)) } };
  const policyTypes = directions[draw("direction", directions.length)] ?? directions[0];
  const rules = Array.from({ length: 1 + draw("rules", 3) }, (_, i) => {
    const number = draw(`rule ${i}`, distinctPeers) + turn;
    const ports = portLists[number % portLists.length];
    return { peers: peersOf(number), ports: ports === undefined ? {} : { ports } };
  });
  return {
    kind: "NetworkPolicy",
    metadata: { namespace: `ns-${index % size.namespaces}`, name: `policy-${index}` },
    spec: {
      ...{ podSelector, policyTypes },
      ...(policyTypes.some((type) => type === "Ingress")
        ? { ingress: rules.map(({ peers, ports }) => ({ from: peers, ...ports })) }
        : {}),
      ...(policyTypes.some((type) => type === "Egress")
        ? { egress: rules.map(({ peers, ports }) => ({ to: peers, ...ports })) }
        : {}),
    },
  };
}

/** An app of a team; now and then a whole team, or an app of the own namespace; and often a block. */
function peersOf(number: number): readonly object[] {
  const own = number % distinctPeers;
  const podSelector = { matchLabels: { app: appOf(Math.floor(own / teams)) } };
  const namespaceSelector = { matchLabels: { team: `team-${own % teams}` } };
  const rare = { 0: { namespaceSelector }, 5: { podSelector } }[own % 10];
  const selector = rare ?? { namespaceSelector, podSelector };
  if (own % 2 === 0) return [selector];
  const except = [`192.0.${own}.64/26`, `192.0.${own}.7/32`];
  return [selector, { ipBlock: { cidr: `192.0.${own}.0/24`, except } }];
}
