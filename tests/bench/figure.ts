// This module is pure.

/** What is to be reached, by a figure itself or by its ratio to the baseline. */
export interface Goal {
  readonly of: "measured" | "ratio";
  /** A measured figure or a ratio that meets it is below, or above, this. */
  readonly is: "below" | "above";
  /** In the figure's unit. */
  readonly bound: number;
}

/** What a figure is compared with, measured in the same run. */
export interface Baseline {
  readonly name: string;
  /** In the figure's unit. */
  readonly value: number;
}

/** One row of the table. */
export interface Figure {
  readonly name: string;
  /** As `ms`, `ns`, `MB`, `1/s`, `%`. */
  readonly unit: string;
  /** Undefined: it could not be measured, and `remark` says why. */
  readonly value: number | undefined;
  readonly baseline?: Baseline | undefined;
  readonly goal?: Goal | undefined;
  readonly remark?: string;
}

/** The figure in relation to its baseline. */
export function ratioOf({ value, baseline }: Figure): number | undefined {
  if (value === undefined || baseline === undefined || baseline.value === 0) return undefined;
  return value / baseline.value;
}

/** Whether the goal is reached; undefined where there is none, or nothing was measured. */
export function isMet(figure: Figure): boolean | undefined {
  const { goal, value } = figure;
  if (goal === undefined) return undefined;
  const judged = goal.of === "ratio" ? ratioOf(figure) : value;
  if (judged === undefined) return undefined;
  return goal.is === "below" ? judged < goal.bound : judged > goal.bound;
}
