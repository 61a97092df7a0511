import type { Agent } from "../../lab/agent.ts";
import { delay, monotonicMs } from "../../lab/clock.ts";
import type { Dialogue } from "./dialogue.ts";
import { countOf, differenceOf, type Histogram, parseHistogram } from "./histogram.ts";
import { type AgentMemory, usageOf } from "./process_usage.ts";
import { type Scale, triggers } from "./scale.ts";
import type { Site } from "./site.ts";

/** An agent that is busy with one pass does not answer before its end. */
export const patienceMs = 300_000;

/** How often memory is looked at under churn. */
const samples = 120;

/** An agent that has nothing to do needs less CPU time in a second. */
const quietMs = 50;
const quietRounds = 3;

/** Who takes part. */
export interface Scene {
  readonly site: Site;
  readonly agent: Agent;
  readonly watcher: Dialogue;
}

/** What churn has shown. */
export interface Course {
  /** Changes that the server has made. */
  readonly changes: number;
  /** From the line received to the transaction committed, by trigger and for all of them. */
  readonly times: (triggers: readonly string[]) => Histogram;
  /** What a change took from the server to the watcher, in ms. */
  readonly wire: readonly number[];
  readonly transactions: number;
  readonly cpuMs: number;
  /** In the course of time. */
  readonly memory: readonly AgentMemory[];
}

/** Lets a cluster change at a rate and tells how the agent has followed. */
export async function follow({ site, agent, watcher }: Scene, scale: Scale): Promise<Course> {
  const before = await readingOf(agent);
  await site.churn(scale.rate);
  const memory: AgentMemory[] = [];
  for (let n = 0; n < samples; n++) {
    await delay(scale.seconds.churn * 1000 / samples);
    memory.push(usageOf(agent.pid).memory);
  }
  const changes = await site.churn(0);
  const after = await settled(agent);
  const wire: number[] = JSON.parse(await watcher.ask("report"));
  return {
    changes,
    times: (some) => differenceOf(before.times(some), after.times(some)),
    wire,
    transactions: after.transactions - before.transactions,
    cpuMs: after.cpuMs - before.cpuMs,
    memory,
  };
}

/** What the agent tells of itself at an instant. */
interface Reading extends Pick<Course, "times" | "transactions" | "cpuMs"> {}

async function readingOf(agent: Agent): Promise<Reading> {
  const { body } = await agent.get("/metrics", patienceMs);
  const [, ...counts] = body.split(/^hedgerow_nft_transactions_total\{.*\} (?=\d)/m);
  return {
    times: (values) =>
      parseHistogram(body, "hedgerow_event_to_kernel_seconds", { label: "trigger", values }),
    transactions: counts.reduce((total, text) => total + parseInt(text), 0),
    cpuMs: usageOf(agent.pid).cpuMs,
  };
}

/**
 * Waits until the agent has brought everything to the kernel: it has counted nothing and hardly
 * worked for three seconds in a row.
 */
async function settled(agent: Agent): Promise<Reading> {
  const deadline = monotonicMs() + patienceMs;
  let last = await readingOf(agent);
  for (let quiet = 0; quiet < quietRounds;) {
    if (monotonicMs() > deadline) throw new Error("Cannot wait any longer: events still come");
    const { cpuMs } = usageOf(agent.pid);
    await delay(1000);
    const isQuiet = usageOf(agent.pid).cpuMs - cpuMs < quietMs; // answering us is not counted
    const reading = await readingOf(agent);
    const isSame = countOf(reading.times(triggers)) === countOf(last.times(triggers));
    quiet = isSame && isQuiet ? quiet + 1 : 0;
    last = reading;
  }
  return last;
}
