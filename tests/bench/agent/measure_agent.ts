import type { Agent } from "../../lab/agent.ts";
import { delay, monotonicMs } from "../../lab/clock.ts";
import type { Figure } from "../figure.ts";
import { eventFigures, memoryFigures } from "./agent_figures.ts";
import { bundleProgram } from "./bundle.ts";
import { follow, patienceMs } from "./course.ts";
import { usageOf } from "./process_usage.ts";
import type { Scale } from "./scale.ts";
import { Site } from "./site.ts";

/** Measures the agent in a cluster: its start, its idle time, and how it follows changes. */
export async function measureAgent(scale: Scale): Promise<readonly Figure[]> {
  await using site = await Site.create(scale.cluster);
  const wireMs = await timeOfList(site);
  const program = await bundleProgram(site.folder);
  const startedAt = monotonicMs();
  await using agent = site.startAgent({ program });
  await agent.ready(patienceMs);
  const startMs = monotonicMs() - startedAt;
  const atStart = usageOf(agent.pid);
  const idle = await idleShare(agent, scale.seconds.idle);
  const rested = usageOf(agent.pid);
  await using watcher = site.startWatcher();
  await watcher.hear({ timeoutMs: patienceMs });
  const course = await follow({ site, agent, watcher }, scale);
  return [
    {
      name: `Start to enforced, ${scale.name}`,
      ...{ unit: "ms", value: startMs, goal: scale.goals.start },
      baseline: { name: "server and wire alone", value: wireMs },
    },
    ...memoryFigures(scale, { atStart, rested, course }),
    {
      name: `Idle CPU, ${scale.name}`,
      ...{ unit: "% of a core", value: idle * 100, goal: scale.goals.idle },
    },
    ...eventFigures(scale, course),
  ];
}

/** From the start of a program that only reads lines to the last line of the list, in ms. */
async function timeOfList(site: Site): Promise<number> {
  const startedAt = monotonicMs();
  await using watcher = site.startWatcher();
  await watcher.hear({ timeoutMs: patienceMs });
  return monotonicMs() - startedAt;
}

/** The garbage of the start is not counted: it is collected in the first seconds. */
async function idleShare(agent: Agent, seconds: number): Promise<number> {
  await delay(Math.min(5, seconds / 2) * 1000);
  const [from, before] = [monotonicMs(), usageOf(agent.pid).cpuMs];
  await delay(seconds * 1000);
  return (usageOf(agent.pid).cpuMs - before) / (monotonicMs() - from);
}
