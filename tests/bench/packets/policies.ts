// This module is pure.
import type { V1NetworkPolicyPeer } from "@kubernetes/client-node";
import { makePolicy, type PolicyObject } from "../../unit/objects.ts";

/** How many teams, each a namespace, and how many apps in each of them. */
export const teams = 10;
export const apps = 10;

/** The ports that policies open, by turns, UDP first; a name is a port that every pod declares. */
const portLists = [
  [{ protocol: "UDP", port: 5000, endPort: 5009 }],
  [{ protocol: "UDP", port: 53 }, { protocol: "TCP", port: 53 }],
  [{ protocol: "UDP", port: 6000 }, { protocol: "UDP", port: 6001 }],
  [{ protocol: "UDP", port: "rpc" }],
  [{ protocol: "TCP", port: 80 }, { protocol: "TCP", port: 443 }],
  [{ protocol: "TCP", port: 5432 }],
  [{ protocol: "TCP", port: "metrics" }],
  [{ protocol: "TCP", port: 8000, endPort: 8080 }],
] as const;

/** Ports that the lists open. */
export const openPorts = { UDP: [5003, 53, 6000, 7000], TCP: [80, 5432, 443, 9100, 8001] } as const;

/**
 * The policy of a number. The first ten select all pods of a team each, the others one app of a
 * team. Each has two rules in both directions (teams 7 to 9: ingress only): one for whole teams
 * and one for two apps and a block, which are out of a hundred different ones.
 */
export function numberedPolicy(index: number): PolicyObject {
  const app = Math.floor(index / teams) - 1;
  const podSelector = app < 0 ? {} : { matchLabels: { app: `app-${app % apps}` } };
  return policyFor(index, podSelector);
}

/** Whether the policy of a number selects the first app of the first team. */
export function selectsFirstApp(index: number): boolean {
  const round = Math.floor(index / teams);
  return index % teams === 0 && (round === 0 || (round - 1) % apps === 0);
}

/** The policy of a number, all of which select the first app of the first team. */
export function policyForOne(index: number): PolicyObject {
  return policyFor(index * teams, { matchLabels: { app: "app-0" } }, index);
}

/**
 * The policy of a number, all of which select the first app of the first team. Each opens ports that
 * no other does, for peers that no other names.
 */
export function policyWithOwnPorts(index: number): PolicyObject {
  return makePolicy(`team-0/own-ports-${index}`, {
    podSelector: { matchLabels: { app: "app-0" } },
    policyTypes: ["Ingress"],
    ingress: [{
      from: [appPeer(index), blockPeer(Math.floor(index / 100))],
      ports: [10_000, 20_000].map((first) => ({ protocol: "UDP", port: first + index })),
    }],
  });
}

function policyFor(index: number, podSelector: object, number = index): PolicyObject {
  const team = index % teams;
  const rules = [
    { peers: [teamsPeer(number)], ports: [...ports(number), ...ports((number + 1) % 4)] },
    {
      peers: [appPeer(number), appPeer(number * 7 + 3), blockPeer(number)],
      ports: ports(number * 3 + 1),
    },
  ];
  const isBoth = team < 7;
  return makePolicy(`team-${team}/policy-${number}`, {
    podSelector,
    policyTypes: isBoth ? ["Ingress", "Egress"] : ["Ingress"],
    ingress: rules.map(({ peers, ports }) => ({ from: peers, ports })),
    ...(isBoth ? { egress: rules.map(({ peers, ports }) => ({ to: peers, ports })) } : {}),
  });
}

function ports(number: number): (typeof portLists)[number][number][] {
  return [...portLists[number % portLists.length] ?? portLists[0]];
}

/** All pods of half of the teams. */
function teamsPeer(number: number): V1NetworkPolicyPeer {
  const values = [0, 1, 3, 7, 8].map((step) => `${(number * 3 + step) % teams}`);
  return { namespaceSelector: { matchExpressions: [{ key: "team", operator: "In", values }] } };
}

/** One of a hundred selectors. */
export function appPeer(number: number): V1NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { team: `${number % teams}` } },
    podSelector: { matchLabels: { app: `app-${Math.floor(number / teams) % apps}` } },
  };
}

/** One of a hundred blocks with a hole. */
function blockPeer(number: number): V1NetworkPolicyPeer {
  const block = number % 100;
  return { ipBlock: { cidr: `198.18.${block}.0/24`, except: [`198.18.${block}.64/26`] } };
}
