// This module is pure.
import type { Figure } from "../figure.ts";
import { summarize } from "../statistics.ts";
import type { Course } from "./course.ts";
import { quantileOf } from "./histogram.ts";
import type { ProcessUsage } from "./process_usage.ts";
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
  const [half, end] = course.usage;
  const row = (when: string, usage: ProcessUsage, baseline?: ProcessUsage): Figure => ({
    name: `Resident memory ${when}, ${scale.name}`,
    ...{ unit: "MB", value: memoryOf(usage), goal: scale.goals.memory },
    baseline: baseline === undefined
      ? { name: "the agent without nft", value: usage.memory.own }
      : { name: "at half-time", value: memoryOf(baseline) },
  });
  return [
    row("right after the start", atStart),
    row(`after ${scale.seconds.idle} s without changes`, rested),
    row(`after ${scale.seconds.churn} s of ${scale.rate} changes/s`, end, half),
  ];
}

function memoryOf({ memory: { own, children } }: ProcessUsage): number {
  return own + children;
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
