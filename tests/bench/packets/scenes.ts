// This module is pure.
import { renderRuleset } from "../../../lib/render/render.ts";
import type { ClusterStore } from "../../../lib/cluster/store.ts";
import type { ClusterState, Pod } from "../../../lib/model/cluster.ts";
import type { NodePolicy } from "../../../lib/model/node_policy.ts";
import type { Ruleset } from "../../../lib/model/ruleset.ts";
import { translate } from "../../../lib/translate/translate.ts";
import { makeNamespace, makePod } from "../../unit/objects.ts";
import { decodeObjects, stateOf } from "../../unit/state.ts";
import type { Place } from "./lane_scripts.ts";
import {
  apps,
  numberedPolicy,
  policyForOne,
  policyWithOwnPorts,
  selectsFirstApp,
  teams,
} from "./policies.ts";
import { tierPolicy, type TierSubject } from "./tier_policies.ts";

const node = "node-0";
const localPods = 100;
const nodes = 10;

/** A cluster whose policies are on one node, and the table of that node. */
export interface Scene {
  readonly name: string;
  readonly state: ClusterState;
  readonly ruleset: Ruleset;
}

/** So many policies, spread over the 100 pods of the node. */
export function spreadScene(count: number): Scene {
  return makeScene(formatCount(count), range(count).map(numberedPolicy));
}

/** So many policies that all select the same pod. */
export function onePodScene(count: number): Scene {
  return makeScene(`${formatCount(count)} for one pod`, range(count).map(policyForOne));
}

/**
 * So many policies that all select the same pod. One is that of `onePodScene(1)`; each of the others
 * is about ports of its own.
 */
export function ownPortsScene(count: number): Scene {
  const name = `${formatCount(count)} for one pod, each with ports of its own`;
  const others = range(count - 1).map(policyWithOwnPorts);
  return makeScene(name, [policyForOne(0), ...others]);
}

/**
 * So many policies, of which so many select one pod, and the others all but it. Of the node's pods
 * nobody has told, or the CNI plugin.
 */
export function crowdedScene(count: number, selecting: number, announced?: Announced): Scene {
  const others = range(2 * count).slice(selecting).filter((index) => !selectsFirstApp(index));
  const policies = [
    ...range(selecting).map(policyForOne),
    ...others.slice(0, count - selecting).map(numberedPolicy),
  ];
  return makeScene(`${formatCount(count)}, ${selecting} for one pod`, policies, announced);
}

/** Policies spread over the pods, and so many of each tier beside them. */
export function tieredScene(count: number, perTier: number, subject: TierSubject): Scene {
  const tiers = (["Admin", "Baseline"] as const).flatMap((tier) =>
    range(perTier).map((i) => tierPolicy(i, tier, subject))
  );
  return makeScene(
    `${formatCount(count)}, ${perTier} Admin and ${perTier} Baseline ones, each for ${subject}`,
    [...range(count).map(numberedPolicy), ...tiers],
  );
}

/** Since when the CNI plugin has told of a pod: for longer than its address is new, or not. */
export type Announced = "long ago" | "just now";

/** Policies spread over the pods, and the CNI plugin has told of all pods of the node. */
export function announcedScene(count: number, since: Announced): Scene {
  return makeScene(formatCount(count), range(count).map(numberedPolicy), since);
}

/** The pods of the node. */
export function podsOfNode({ state }: Pick<Scene, "state">): readonly Pod[] {
  return [...state.pods.values()].filter(({ nodeName }) => nodeName === node);
}

function makeScene(name: string, policies: readonly object[], announced?: Announced): Scene {
  const namespaces = range(teams).map((team) => makeNamespace(`team-${team}`, { team: `${team}` }));
  const pods = range(localPods * nodes).map((i) => {
    const [team, app, of] = [i % teams, Math.floor(i / teams) % apps, Math.floor(i / localPods)];
    return makePod(`team-${team}/app-${app}-${of}`, {
      labels: { app: `app-${app}` },
      node: `node-${of}`,
      ips: [`10.${of}.${team}.${app + 2}`],
      ports: [
        { name: "metrics", containerPort: 9100, protocol: "TCP" },
        { name: "rpc", containerPort: 7000, protocol: "UDP" },
      ],
    });
  });
  const objects = decodeObjects([...namespaces, ...pods, ...policies]);
  const [issue] = objects.issues;
  if (issue !== undefined) throw new Error(`Cannot use ${name}: ${JSON.stringify(issue)}`);
  const state = stateOf(objects, node);
  if (announced !== undefined) announcePods(state, announced);
  return {
    name: announced === undefined ? name : `${name}, pods announced ${announced}`,
    ...{ state, ruleset: renderRuleset(byLink(translate(state, node))) },
  };
}

function announcePods(store: ClusterStore, since: Announced): void {
  for (const [i, pod] of podsOfNode({ state: store }).entries()) {
    const { namespace: podNamespace, name: podName, uid: podUID, addresses: ips } = pod;
    const link = { ifName: "eth0", netns: "", hostInterface: `veth-${i}`, bridge: "" };
    const endpoint = { containerID: `${i}`, podNamespace, podName, podUID, ips, ...link };
    if (since === "just now") store.announce(endpoint, () => {});
    else store.restoreEndpoint(endpoint, () => {});
  }
}

/** In a lane all clients are behind one link: it is each pod's, beside the pod's own. */
function byLink(policy: NodePolicy): NodePolicy {
  const link: Place = "clients";
  const guards = policy.guards.map((guard) => ({ ...guard, interfaceName: link }));
  return { ...policy, guards: [...policy.guards, ...guards] };
}

function formatCount(count: number): string {
  return count === 1 ? "1 policy" : `${count} policies`;
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
