import type { Agent } from "../../lab/agent.ts";
import { delay } from "../../lab/clock.ts";
import { makeRandom } from "../../kernel/agent/random.ts";
import { patienceMs } from "../agent/course.ts";
import { differenceOf, type Histogram, parseHistogram, quantileOf } from "../agent/histogram.ts";
import type { Scale } from "../agent/scale.ts";
import { Site } from "../agent/site.ts";
import type { Figure, Goal } from "../figure.ts";
import { summarize } from "../statistics.ts";
import { runNothing, runPlugin } from "./plugin.ts";
import { sandboxOf, waitingPods } from "./sandboxes.ts";
import { SocketClient } from "./socket_client.ts";

/** In which cluster, and how often. */
export interface CniOptions {
  readonly scale: Pick<Scale, "name" | "cluster" | "rate">;
  /** ADDs at the socket. */
  readonly adds: number;
  /** Runs of the plugin. */
  readonly runs: number;
}

/** Pods that sandboxes are made for, by turns. */
const podCount = 20;

/** Pods that have a sandbox all the time: the first one of a node brings rules of its own. */
const standing = 20;

/** On average so long nothing is asked between two ADDs, in ms. */
const pauseMs = 50;

const goal: Goal = { of: "measured", is: "below", bound: 8 };

/** What it takes until a pod may start, while its cluster changes. */
export async function measureCni({ scale, adds, runs }: CniOptions): Promise<readonly Figure[]> {
  const { name, cluster, rate } = scale;
  await using site = await Site.create(cluster);
  await using agent = site.startAgent();
  await agent.ready(patienceMs);
  const waiting = waitingPods(cluster, podCount + standing);
  for (const pod of waiting) await site.put(pod);
  using client = new SocketClient(site.socket);
  for (let n = 0; n < standing; n++) await client.post("add", sandboxOf(n, waiting));
  const pods = waiting.slice(standing);
  await site.churn(rate);
  const before = await histogramOf(agent);
  const random = makeRandom(cluster.seed ?? 1);
  const idle: number[] = [];
  for (let n = standing; n < standing + adds; n++) {
    const sandbox = sandboxOf(n, pods);
    await delay(random() * 2 * pauseMs);
    await client.post("add", sandbox);
    await client.post("del", sandbox);
    await delay(random() * 2 * pauseMs);
    idle.push(await client.post("del", sandbox));
  }
  const times = differenceOf(before, await histogramOf(agent));
  const plugin: number[] = [];
  const nothing: number[] = [];
  const program = `${site.folder}/nothing.ts`;
  await Deno.writeTextFile(program, "");
  for (let n = standing + adds; n < standing + adds + runs; n++) {
    const sandbox = sandboxOf(n, pods);
    nothing.push(await runNothing(program));
    plugin.push(await runPlugin(site.socket, sandbox));
    await client.post("del", sandbox);
  }
  const where = `${name}, ${rate} changes/s`;
  return (["p50", "p99"] as const).flatMap((share): readonly Figure[] => {
    const seconds = quantileOf(times, share === "p50" ? 0.5 : 0.99);
    return [
      {
        name: `CNI ADD, agent's part, ${share}, ${where}`,
        ...{ unit: "ms", value: seconds === undefined ? undefined : seconds * 1000 },
        ...{ remark: "there was none" },
        goal: share === "p50" ? goal : undefined,
        baseline: { name: "a DEL of nobody", value: summarize(idle)?.[share] ?? NaN },
      },
      {
        name: `CNI ADD, the plugin's whole run, ${share}, ${where}`,
        ...{ unit: "ms", value: summarize(plugin)?.[share] },
        baseline: { name: "an empty program", value: summarize(nothing)?.[share] ?? NaN },
      },
    ];
  });
}

async function histogramOf(agent: Agent): Promise<Histogram> {
  const { body } = await agent.get("/metrics", patienceMs);
  return parseHistogram(body, "hedgerow_cni_add_seconds", {
    label: "result",
    values: ["enforced"],
  });
}
