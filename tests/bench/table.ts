// This module is pure.
import { markdownTable } from "markdown-table";
import { type Baseline, type Figure, type Goal, isMet, ratioOf } from "./figure.ts";

const head = ["figure", "goal", "measured", "baseline of the same run", "ratio", ""];

/** Prints figures as one table that is good to read and is Markdown, too. */
export function formatTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    formatGoal(figure),
    figure.value === undefined ? figure.remark ?? "?" : formatQuantity(figure.value, figure.unit),
    formatBaseline(figure.baseline, figure.unit),
    formatNumber(ratioOf(figure)),
    { true: "met", false: "missed", undefined: "" }[`${isMet(figure)}`],
  ]);
  return markdownTable([head, ...rows], { align: ["l", "r", "r", "r", "r", "l"] });
}

/** Three digits that count, as nothing here is measured better than that. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined) return "";
  if (Math.abs(value) >= 100) return `${Math.round(value)}`;
  return `${Number(value.toPrecision(value < 1 ? 2 : 3))}`;
}

function formatQuantity(value: number, unit: string): string {
  return `${formatNumber(value)} ${unit}`.trim();
}

function formatGoal({ goal, unit }: Figure): string {
  if (goal === undefined) return "";
  const sign = { below: "<", above: ">" }[goal.is];
  return `${sign} ${formatGoalBound(goal, unit)}`;
}

function formatGoalBound({ of, bound }: Goal, unit: string): string {
  return of === "ratio" ? `${bound} times` : formatQuantity(bound, unit);
}

function formatBaseline(baseline: Baseline | undefined, unit: string): string {
  if (baseline === undefined) return "";
  return `${baseline.name}: ${formatQuantity(baseline.value, unit)}`;
}
