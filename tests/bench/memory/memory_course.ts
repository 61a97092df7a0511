import type { Agent } from "../../lab/agent.ts";
import { delay, monotonicMs } from "../../lab/clock.ts";
import { usageOf } from "../agent/process_usage.ts";
import type { Site } from "../agent/site.ts";
import { summarize } from "../statistics.ts";

/** Who takes part. */
export interface MemoryScene {
  readonly site: Site;
  readonly agent: Agent;
}

/** How long there is churn, and how much. */
export interface MemoryOptions {
  /** Changes per second. */
  readonly rate: number;
  /** In all. */
  readonly seconds: number;
  /** How often resident memory is looked at. */
  readonly samples: number;
  /** Is told each sample. */
  readonly tell: (sample: MemorySample) => void;
}

/** What was resident at an instant, in MB. */
export interface MemorySample {
  /** Since churn began, in s. */
  readonly seconds: number;
  readonly agent: number;
  readonly session: number;
}

/** How an agent's memory has done. */
export interface MemoryCourse {
  readonly samples: readonly MemorySample[];
  readonly changes: number;
}

/** Lets a cluster change and looks at what is resident of the agent. */
export async function followMemory(
  { site, agent }: MemoryScene,
  { rate, seconds, samples, tell }: MemoryOptions,
): Promise<MemoryCourse> {
  const startedAt = monotonicMs();
  const everyMs = seconds * 1000 / samples;
  const taken: MemorySample[] = [];
  await site.churn(rate);
  while (taken.length < samples) {
    await delay(Math.max(0, startedAt + (taken.length + 1) * everyMs - monotonicMs()));
    const { own, session } = usageOf(agent.pid).memory;
    const sample = { seconds: (monotonicMs() - startedAt) / 1000, agent: own, session };
    taken.push(sample);
    tell(sample);
  }
  return { samples: taken, changes: await site.churn(0) };
}

/** Resident memory in the second and in the last quarter: medians, in MB. */
export function quarters(
  { samples }: MemoryCourse,
): { readonly second: number; readonly last: number } {
  const median = (from: number, to: number): number => {
    const some = samples.slice(samples.length * from, samples.length * to);
    return summarize(some.map(({ agent, session }) => agent + session))?.p50 ?? NaN;
  };
  return { second: median(0.25, 0.5), last: median(0.75, 1) };
}
