import type { Baseline, Figure, Goal } from "../figure.ts";
import { chooseFlows, type FlowChoice } from "./flow.ts";
import { apps, openPorts, teams } from "./policies.ts";
import { race, type RaceResults } from "./race.ts";
import {
  announcedScene,
  onePodScene,
  ownPortsScene,
  podsOfNode,
  type Scene,
  spreadScene,
  tieredScene,
} from "./scenes.ts";

/** How large the clusters are and how long they are measured. */
export interface EvaluationOptions {
  /** Counts of policies on the node, the smallest first; others are compared with it. */
  readonly spread: readonly number[];
  /** Policies beside which the tiers stand, and the CNI plugin; one of `spread`. */
  readonly beside: number;
  /** ClusterNetworkPolicies of each tier. */
  readonly perTier: number;
  /** Counts of such that each have a port of their own. */
  readonly ownPortTiers: readonly number[];
  /** Counts of policies that all select one pod, the smallest first. */
  readonly onePod: readonly number[];
  /** The same of policies that each have ports of their own; they are compared with the first. */
  readonly ownPorts: readonly number[];
  readonly amplification: number;
  readonly rounds: number;
  readonly seed: number;
}

const flatGoal: Goal = { of: "ratio", is: "below", bound: 1.3 };
const tiersGoal: Goal = { of: "ratio", is: "below", bound: 2 };

/** What one evaluation costs in the kernel: egress and ingress of a packet that is allowed. */
export async function measureEvaluation(options: EvaluationOptions): Promise<readonly Figure[]> {
  return [...await measureSpread(options), ...await measureOnePod(options)];
}

async function measureSpread(options: EvaluationOptions): Promise<readonly Figure[]> {
  const { spread, beside, perTier, ownPortTiers, seed } = options;
  const none = spreadScene(0);
  const policies = spread.map(spreadScene);
  const tiers = (["a team", "every pod"] as const).map((subject) =>
    tieredScene(beside, perTier, subject)
  );
  const ownPort = "every pod, with a port of its own";
  const ownPorts = ownPortTiers.map((count) => tieredScene(beside, count, ownPort));
  const plugin = (["long ago", "just now"] as const).map((since) => announcedScene(beside, since));
  const [first] = policies;
  if (first === undefined) throw new RangeError("Cannot measure: no count of policies");
  const states = [...policies, ...tiers, ...ownPorts, ...plugin].map(({ state }) => state);
  const [clients, servers] = halves(first);
  const choice = {
    ...{ states, clients, servers, seed },
    protocol: "UDP",
    ports: openPorts.UDP,
  } as const;
  const flows = chooseFlows({ ...choice, counts: { bothEnds: 12, serverOnly: 4 } });
  const results = await race([none, ...policies, ...tiers, ...ownPorts, ...plugin], {
    ...options,
    flows,
  });
  const same = policies.find((_, i) => spread[i] === beside) ?? first;
  return [
    bareFigure(results),
    figure(results, none, bareBaseline(results)),
    figure(results, first, bareBaseline(results)),
    ...policies.slice(1).map((scene) =>
      figure(
        results,
        scene,
        baselineOf(results, first),
        scene === policies.at(-1) ? flatGoal : undefined,
      )
    ),
    ...tiers.map((scene) => figure(results, scene, baselineOf(results, same), tiersGoal)),
    ...[...ownPorts, ...plugin].map((scene) => figure(results, scene, baselineOf(results, same))),
  ];
}

async function measureOnePod(options: EvaluationOptions): Promise<readonly Figure[]> {
  const scenes = [...options.onePod.map(onePodScene), ...options.ownPorts.map(ownPortsScene)];
  const [first] = scenes;
  if (first === undefined) return [];
  const [clients, servers] = halves(first);
  const flows = chooseFlows({
    ...{ clients, servers: servers.slice(0, 1), seed: options.seed },
    ...{ protocol: "UDP", ports: openPorts.UDP },
    states: scenes.map(({ state }) => state),
    counts: { bothEnds: 0, serverOnly: 16 },
  });
  const results = await race(scenes, { ...options, flows });
  return scenes.map((scene) =>
    figure(results, scene, scene === first ? bareBaseline(results) : baselineOf(results, first))
  );
}

/** The node's pods by their apps, every team in both halves; the first server is the one pod. */
export function halves(scene: Scene): readonly [FlowChoice["clients"], FlowChoice["servers"]] {
  const pods = podsOfNode(scene);
  const isServer = (index: number): boolean => Math.floor(index / teams) % apps % 2 === 0;
  return [pods.filter((_, i) => !isServer(i)), pods.filter((_, i) => isServer(i))];
}

const unit = "ns";

function bareFigure({ bare }: RaceResults): Figure {
  return { name: "A packet through a node without a table", unit, value: bare };
}

function bareBaseline({ bare }: RaceResults): Baseline {
  return { name: "the packet itself", value: bare };
}

function baselineOf({ scenes }: RaceResults, scene: Scene): Baseline {
  return { name: scene.name, value: scenes.get(scene) ?? NaN };
}

function figure(
  { scenes }: RaceResults,
  scene: Scene,
  baseline: Baseline,
  goal?: Goal | undefined,
): Figure {
  const value = scenes.get(scene);
  return { name: `Evaluation in the kernel: ${scene.name}`, unit, value, baseline, goal };
}
