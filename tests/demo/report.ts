// This module is pure.
import { type Cell, formatCell, isRight, type Target } from "../lab/matrix.ts";
import type { Fate } from "./connections.ts";
import { countChanges, drawMatrix, type Paint } from "./picture.ts";
import type { Step } from "./steps.ts";

/** What a step came to. */
export interface Outcome {
  readonly step: Step;
  /** From 1. */
  readonly number: number;
  readonly cells: readonly Cell[];
  /** The matrix before; undefined for the first step. */
  readonly before: readonly Cell[] | undefined;
  /** node -> ms from the event to the kernel; empty where nothing happened. */
  readonly latencies: ReadonlyMap<string, number>;
  /** What became of the open connections. */
  readonly fates: readonly Fate[];
}

/** How a step is to be printed. */
export interface ReportOptions {
  readonly rows: readonly string[];
  readonly targets: readonly Target[];
  readonly paint: Paint;
}

/** What is not as it should be, a line each. */
export function findFaults({ step, cells, fates }: Outcome): readonly string[] {
  const { cuts = [] } = step;
  return [
    ...cells.filter((cell) => !isRight(cell)).map(formatCell),
    ...fates.filter(({ name, cut }) => !cuts.includes(name) && cut !== undefined)
      .map(({ name }) => `${name} was cut, though it is still allowed`),
    ...fates.filter(({ cut, lost }) => cut === undefined && lost > 0)
      .map(({ name, lost }) => `${name} lost ${lost} packets`),
  ];
}

/** Everything that is printed of a step. */
export function reportStep(outcome: Outcome, options: ReportOptions): readonly string[] {
  const { step, number, cells, before, fates } = outcome;
  const { paint, ...places } = options;
  const faults = findFaults(outcome);
  return [
    "",
    `${paint("name", `${number}`.padStart(2))} ${paint("title", step.title)}`,
    ...(step.command === undefined ? [] : [`   ${paint("dim", `$ ${step.command}`)}`]),
    `   ${step.explains}`,
    "",
    ...drawMatrix(cells, { ...places, before, paint }),
    "",
    `   ${summarise(outcome, paint)}`,
    ...reportLatencies(outcome.latencies),
    ...(fates.length === 0 ? [] : reportFates(fates, step.cuts ?? [], paint)),
    ...faults.map((fault) => `   ${paint("bad", "wrong")} ${fault}`),
  ];
}

/** Whether all is right, and what is new. */
function summarise({ cells, before }: Outcome, paint: Paint): string {
  const wrong = cells.filter((cell) => !isRight(cell)).length;
  const verdict = wrong === 0
    ? paint("good", `✔ all ${cells.length} attempts ended as the specification says`)
    : paint("bad", `✘ ${wrong} of ${cells.length} attempts ended otherwise than specified`);
  if (before === undefined) return verdict;
  const { opened, shut } = countChanges(cells, before);
  return `${verdict}: ${opened} newly open, ${shut} newly shut`;
}

/** How long the agents took, by their own clocks. */
function reportLatencies(latencies: Outcome["latencies"]): readonly string[] {
  if (latencies.size === 0) return [];
  const times = [...latencies].map(([node, ms]) => `${ms.toFixed(1)} ms on ${node}`);
  return [`     from the event received to the kernel: ${times.join(", ")}`];
}

function reportFates(
  fates: readonly Fate[],
  cuts: readonly string[],
  paint: Paint,
): readonly string[] {
  if (cuts.length === 0) { // nobody's hour: one line is enough
    const lost = fates.reduce((sum, fate) => sum + fate.lost, 0);
    const alive = fates.filter(({ cut }) => cut === undefined).length;
    return [`     ${alive} open connections live on, ${lost} packets lost`];
  }
  return fates.map((fate) => {
    const words = fate.cut === undefined
      ? paint("good", `lives on, ${fate.lost} packets lost`)
      : paint("title", `cut ${formatCut(fate.cut)} after the event`);
    return `     ${fate.name.padEnd(27)}${paint("dim", fate.kind.padEnd(27))}${words}`;
  });
}

function formatCut({ client, server }: NonNullable<Fate["cut"]>): string {
  if (server === undefined) return `${client.toFixed(1)} ms`;
  return `${client.toFixed(1)} and ${server.toFixed(1)} ms`;
}
