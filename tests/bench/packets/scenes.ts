// This module is pure.
import { renderRuleset } from "../../../lib/render/render.ts";
import type { ClusterState, Pod } from "../../../lib/model/cluster.ts";
import type { Ruleset } from "../../../lib/model/ruleset.ts";
import { translate } from "../../../lib/translate/translate.ts";
import { makeNamespace, makePod } from "../../unit/objects.ts";
import { decodeObjects, stateOf } from "../../unit/state.ts";
import { apps, numberedPolicy, policyForOne, selectsFirstApp, teams } from "./policies.ts";
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

/** So many policies, of which so many select one pod, and the others all but it. */
export function crowdedScene(count: number, selecting: number): Scene {
  const others = range(2 * count).slice(selecting).filter((index) => !selectsFirstApp(index));
  return makeScene(
    `${formatCount(count)}, ${selecting} for one pod`,
    [
      ...range(selecting).map(policyForOne),
      ...others.slice(0, count - selecting).map(numberedPolicy),
    ],
  );
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

/** The pods of the node. */
export function podsOfNode({ state }: Scene): readonly Pod[] {
  return [...state.pods.values()].filter(({ nodeName }) => nodeName === node);
}

function makeScene(name: string, policies: readonly object[]): Scene {
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
  return { name, state, ruleset: renderRuleset(translate(state, node)) };
}

function formatCount(count: number): string {
  return count === 1 ? "1 policy" : `${count} policies`;
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
