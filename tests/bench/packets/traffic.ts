import type { Figure, Goal } from "../figure.ts";
import { summarize } from "../statistics.ts";
import { amplifiedScript } from "./amplified.ts";
import { Connections } from "./connections.ts";
import { Datagrams } from "./datagrams.ts";
import { halves } from "./evaluation.ts";
import { chooseFlows, type FlowChoice, freeFlow, type PacketFlow } from "./flow.ts";
import { Lane } from "./lane.ts";
import { openPorts } from "./policies.ts";
import { crowdedScene, type Scene } from "./scenes.ts";

/** How large the cluster is and how long it is measured. */
export interface TrafficOptions {
  /** Policies on the node. */
  readonly policies: number;
  /** How many of them select the pod that connections are opened to. */
  readonly selecting: number;
  readonly rounds: number;
  /** UDP packets in a row. */
  readonly burst: number;
  readonly seed: number;
}

/** The nodes that packets pass by turns. */
interface Course<T> {
  /** To a pod that policies select, from pods that none does for egress. */
  readonly selected: T;
  /** To the same pod, from pods whose egress policies restrict, too. */
  readonly bothEnds: T;
  /** As the first, where the CNI plugin has told of the pods. */
  readonly announced: T;
  /** The same table; none of its policies is about these packets. */
  readonly unselected: T;
  /** A node without an agent. */
  readonly bare: T;
}

const nodes = ["selected", "bothEnds", "announced", "unselected", "bare"] as const;

/** Each round's figure of each node. */
type Samples = Course<number[]>;

/** The clusters of the nodes with a table. */
interface Scenes {
  readonly selected: Scene;
  readonly announced: Scene;
}

/** Pairs of pods that packets go between, on each node. */
const flowCount = 8;

const rateGoal: Goal = { of: "ratio", is: "above", bound: 0.9 };

/** What users see of the table: connections per second, latency, packets per second. */
export async function measureTraffic(options: TrafficOptions): Promise<readonly Figure[]> {
  const { policies, selecting } = options;
  const scenes = {
    selected: crowdedScene(policies, selecting),
    announced: crowdedScene(policies, selecting, "long ago"),
  };
  return [
    ...await measureTcp(scenes, options),
    ...await measureUdp(scenes, options),
  ];
}

async function measureTcp(scenes: Scenes, options: TrafficOptions): Promise<readonly Figure[]> {
  await using resources = new AsyncDisposableStack();
  const lanes = await makeLanes(resources, scenes, "TCP", options);
  const course = mapCourse(lanes, (lane) => resources.use(new Connections(lane)));
  const connections = take(course, options.rounds, (node) => node.churn());
  const exchanges = take(course, options.rounds, (node) => node.exchange());
  return [
    ...rateFigures(
      connections,
      { name: "New TCP connections", unit: "1/s", goal: rateGoal },
      scenes,
    ),
    ...latencyFigures(exchanges, scenes),
  ];
}

async function measureUdp(scenes: Scenes, options: TrafficOptions): Promise<readonly Figure[]> {
  await using resources = new AsyncDisposableStack();
  const lanes = await makeLanes(resources, scenes, "UDP", options);
  const course = mapCourse(lanes, (lane) => resources.use(new Datagrams(lane)));
  const packets = take(course, options.rounds, (node) => node.burst(options.burst));
  return rateFigures(packets, { name: "UDP packets", unit: "1/s", goal: undefined }, scenes);
}

async function makeLanes(
  resources: AsyncDisposableStack,
  { selected, announced }: Scenes,
  protocol: "TCP" | "UDP",
  { seed }: TrafficOptions,
): Promise<Course<Lane>> {
  const flowsOf = (counts: FlowChoice["counts"]): readonly PacketFlow[] => {
    const [clients, servers] = halves(selected);
    return chooseFlows({
      ...{ clients, servers: servers.slice(0, 1), seed, counts },
      ...{ protocol, ports: openPorts[protocol], states: [selected.state] },
    });
  };
  const make = async (flows: readonly PacketFlow[], table?: Scene): Promise<Lane> =>
    resources.use(await Lane.create(flows, table && amplifiedScript(table.ruleset, 1)));
  const serverOnly = flowsOf({ bothEnds: 0, serverOnly: flowCount });
  return {
    selected: await make(serverOnly, selected),
    bothEnds: await make(flowsOf({ bothEnds: flowCount, serverOnly: 0 }), selected),
    announced: await make(serverOnly, announced),
    unselected: await make(serverOnly.map(() => freeFlow), selected),
    bare: await make(serverOnly),
  };
}

/** Lets every node have its turn, round by round. */
function take<T>(course: Course<T>, rounds: number, measure: (node: T) => number): Samples {
  const samples: Samples = mapCourse(course, () => []);
  for (let round = 0; round < rounds; round++) {
    for (const name of nodes) samples[name].push(measure(course[name]));
  }
  return samples;
}

function mapCourse<A, B>(course: Course<A>, map: (a: A) => B): Course<B> {
  const { selected, bothEnds, announced, unselected, bare } = course;
  return {
    ...{ selected: map(selected), bothEnds: map(bothEnds), announced: map(announced) },
    ...{ unselected: map(unselected), bare: map(bare) },
  };
}

/** What rows say of the nodes where policies are about the packets. */
function namesOf(
  { selected, announced }: Scenes,
): Readonly<Record<"selected" | "bothEnds" | "announced", string>> {
  return {
    selected: selected.name,
    bothEnds: `${selected.name}, and the other end isolated, too`,
    announced: announced.name,
  };
}

function rateFigures(
  samples: Samples,
  { name, unit, goal }: Pick<Figure, "name" | "unit" | "goal">,
  scenes: Scenes,
): readonly Figure[] {
  const rates = mapCourse(samples, (rates) => summarize(rates)?.p50 ?? NaN);
  const names = namesOf(scenes);
  const row = (node: keyof Samples, what: string): Figure => ({
    name: `${name}, ${what}`,
    ...{ unit, value: rates[node], baseline: { name: "no table", value: rates.bare } },
  });
  return [
    { ...row("selected", names.selected), goal },
    row("bothEnds", names.bothEnds),
    row("announced", names.announced),
    row("unselected", "beside them"),
  ];
}

function latencyFigures(samples: Samples, scenes: Scenes): readonly Figure[] {
  const times = mapCourse(samples, summarize);
  const names = Object.entries(namesOf(scenes)) as readonly [keyof Samples, string][];
  return (["p50", "p99"] as const).flatMap((share) =>
    names.map(([node, what]) => ({
      name: `TCP request and response, ${share}, ${what}`,
      ...{ unit: "µs", value: times[node]?.[share] },
      baseline: { name: "no table", value: times.bare?.[share] ?? NaN },
    }))
  );
}
