import type { Figure } from "../figure.ts";
import { summarize } from "../statistics.ts";
import type { Course } from "./course.ts";
import { quantileOf } from "./histogram.ts";
import { heldBy, type ProcessUsage } from "./process_usage.ts";
import { type Scale, triggers } from "./scale.ts";

/** What the agent has used. */
export interface Usages {
  readonly atStart: ProcessUsage;
  readonly rested: ProcessUsage;
  readonly course: Course;
}

/** The rows about memory: agent and nft session together. */
export function memoryFigures(
  scale: Scale,
  { atStart, rested, course }: Usages,
): readonly Figure[] {
  const { name, seconds: { idle, churn }, rate, goals: { memory: goal } } = scale;
  const at = (when: string, usage: ProcessUsage): Figure => ({
    name: `Resident memory ${when}, ${name}`,
    ...{ unit: "MB", value: heldBy(usage.memory), goal },
    baseline: { name: "the agent without nft", value: usage.memory.own },
  });
  const under = `${churn} s of ${rate} changes/s, ${name}`;
  const held = course.memory.map(heldBy);
  const [, second, , last] = quarters(held);
  return [
    at("right after the start", atStart),
    at(`after ${idle} s without changes`, rested),
    {
      name: `Most resident memory in ${under}`,
      ...{ unit: "MB", value: most(held), goal },
      baseline: {
        name: "with an nft that runs for a moment",
        value: most(course.memory.map((memory) => heldBy(memory) + memory.passing)) ?? NaN,
      },
    },
    {
      name: `Resident memory in the last quarter of ${under}`,
      ...{ unit: "MB", value: summarize(last ?? [])?.p50, goal },
      baseline: { name: "in the second quarter", value: summarize(second ?? [])?.p50 ?? NaN },
    },
  ];
}

function quarters(samples: readonly number[]): readonly (readonly number[])[] {
  const size = samples.length / 4;
  return [0, 1, 2, 3].map((i) => samples.slice(i * size, (i + 1) * size));
}

function most(samples: readonly number[]): number | undefined {
  return summarize(samples)?.worst;
}

/** The rows about events. */
export function eventFigures(scale: Scale, course: Course): readonly Figure[] {
  const wire = summarize(course.wire);
  const where = `${scale.name}, ${scale.rate} changes/s`;
  const quantile = (some: readonly string[], share: 0.5 | 0.99): Figure => {
    const name = share === 0.5 ? "p50" : "p99";
    const bare = wire?.[name];
    const seconds = quantileOf(course.times(some), share);
    const isGoal = some.includes("pod") && some.includes("policy");
    return {
      name: `Event to kernel, ${name}, ${isGoal ? "pods and policies" : some[0]}, ${where}`,
      ...{ unit: "ms", value: seconds === undefined ? undefined : seconds * 1000 },
      ...{ remark: "there was none" },
      goal: isGoal ? scale.goals[name] : undefined,
      baseline: bare === undefined ? undefined : { name: "server and wire alone", value: bare },
    };
  };
  return [
    ...[["pod", "policy"], ...triggers.map((trigger) => [trigger])].flatMap((some) => [
      quantile(some, 0.5),
      quantile(some, 0.99),
    ]),
    { name: `CPU per change, ${where}`, unit: "ms", value: course.cpuMs / course.changes },
    {
      name: `Transactions per change, ${where}`,
      ...{ unit: "", value: course.transactions / course.changes },
    },
  ];
}
