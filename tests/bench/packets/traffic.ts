import type { Ruleset } from "../../../lib/model/ruleset.ts";
import type { Baseline, Figure, Goal } from "../figure.ts";
import { summarize } from "../statistics.ts";
import { amplifiedScript } from "./amplified.ts";
import { Connections } from "./connections.ts";
import { Datagrams } from "./datagrams.ts";
import { halves } from "./evaluation.ts";
import { chooseFlows, freeFlow, type PacketFlow } from "./flow.ts";
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
  readonly selected: T;
  /** The same packets, where the CNI plugin has told of the pods. */
  readonly announced: T;
  /** The same table; none of its policies is about these packets. */
  readonly unselected: T;
  /** A node without an agent. */
  readonly bare: T;
}

const nodes = ["selected", "announced", "unselected", "bare"] as const;

/** Each round's figure of each node. */
type Samples = Course<number[]>;

/** The clusters of the nodes with a table. */
interface Scenes {
  readonly selected: Scene;
  readonly announced: Scene;
}

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
  const flows = flowsOf(scenes.selected, "TCP", options.seed);
  const lanes = await makeLanes(resources, scenes, flows);
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
  const flows = flowsOf(scenes.selected, "UDP", options.seed);
  const lanes = await makeLanes(resources, scenes, flows);
  const course = mapCourse(lanes, (lane) => resources.use(new Datagrams(lane)));
  const packets = take(course, options.rounds, (node) => node.burst(options.burst));
  return rateFigures(packets, { name: "UDP packets", unit: "1/s", goal: undefined }, scenes);
}

function flowsOf(scene: Scene, protocol: "TCP" | "UDP", seed: number): readonly PacketFlow[] {
  const [clients, servers] = halves(scene);
  return chooseFlows({
    ...{ clients, servers: servers.slice(0, 1), seed },
    ...{ protocol, ports: openPorts[protocol], states: [scene.state] },
    counts: { bothEnds: 4, serverOnly: 4 },
  });
}

async function makeLanes(
  resources: AsyncDisposableStack,
  { selected: { ruleset }, announced }: Scenes,
  flows: readonly PacketFlow[],
): Promise<Course<Lane>> {
  const make = async (some: readonly PacketFlow[], table?: Ruleset): Promise<Lane> =>
    resources.use(await Lane.create(some, table && amplifiedScript(table, 1)));
  return {
    selected: await make(flows, ruleset),
    announced: await make(flows, announced.ruleset),
    unselected: await make(flows.map(() => freeFlow), ruleset),
    bare: await make(flows),
  };
}

/** Lets every node have its turn, round by round. */
function take<T>(course: Course<T>, rounds: number, measure: (node: T) => number): Samples {
  const samples: Samples = { selected: [], announced: [], unselected: [], bare: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of nodes) samples[name].push(measure(course[name]));
  }
  return samples;
}

function mapCourse<A, B>(course: Course<A>, map: (a: A) => B): Course<B> {
  const [selected, announced] = [map(course.selected), map(course.announced)];
  return { selected, announced, unselected: map(course.unselected), bare: map(course.bare) };
}

function rateFigures(
  samples: Samples,
  { name, unit, goal }: Pick<Figure, "name" | "unit" | "goal">,
  scenes: Scenes,
): readonly Figure[] {
  const rates = mapCourse(samples, (rates) => summarize(rates)?.p50 ?? NaN);
  const baseline: Baseline = { name: "no table", value: rates.bare };
  return [
    { name: `${name}, ${scenes.selected.name}`, unit, value: rates.selected, baseline, goal },
    { name: `${name}, ${scenes.announced.name}`, unit, value: rates.announced, baseline },
    { name: `${name}, beside them`, unit, value: rates.unselected, baseline },
  ];
}

function latencyFigures(samples: Samples, scenes: Scenes): readonly Figure[] {
  const times = mapCourse(samples, summarize);
  return (["p50", "p99"] as const).flatMap((share) =>
    (["selected", "announced"] as const).map((node) => ({
      name: `TCP request and response, ${share}, ${scenes[node].name}`,
      ...{ unit: "µs", value: times[node]?.[share] },
      baseline: { name: "no table", value: times.bare?.[share] ?? NaN },
    }))
  );
}
