import type { Agent } from "../../lab/agent.ts";
import { delay, monotonicMs } from "../../lab/clock.ts";
import { usageOf } from "../agent/process_usage.ts";
import type { Site } from "../agent/site.ts";
import { summarize } from "../statistics.ts";

/** Who takes part. */
export interface MemoryScene {
  readonly site: Site;
  readonly agent: Agent;
  /** Measures what the agent holds when all garbage is collected. */
  readonly held: () => Promise<number>;
}

/** How long there is churn, and how much. */
export interface MemoryOptions {
  /** Changes per second. */
  readonly rate: number;
  /** In all. */
  readonly seconds: number;
  /** The part of the time after which it is looked first at what is held. */
  readonly early: number;
  /** How often resident memory is looked at. */
  readonly samples: number;
  /** Is told each sample. */
  readonly tell?: (sample: MemorySample) => void;
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
  /** Changes between the two looks at what is held. */
  readonly changes: number;
  /** What the agent held early, and at the end. */
  readonly early: number;
  readonly late: number;
}

/** Lets a cluster change and looks at what the agent keeps. */
export async function followMemory(
  { site, agent, held }: MemoryScene,
  { rate, seconds, early: share, samples, tell = () => {} }: MemoryOptions,
): Promise<MemoryCourse> {
  const startedAt = monotonicMs();
  const everyMs = seconds * 1000 / samples;
  const taken: MemorySample[] = [];

  async function sampleUntil(share: number): Promise<void> {
    while (taken.length < samples * share) {
      await delay(Math.max(0, startedAt + (taken.length + 1) * everyMs - monotonicMs()));
      const { own, session } = usageOf(agent.pid).memory;
      const sample = { seconds: (monotonicMs() - startedAt) / 1000, agent: own, session };
      taken.push(sample);
      tell(sample);
    }
  }

  await site.churn(rate);
  await sampleUntil(share);
  const early = await held();
  await site.churn(rate);
  await sampleUntil(1);
  const late = await held();
  return { samples: taken, changes: await site.churn(0), early, late };
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
