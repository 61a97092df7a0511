// This module is pure.
import { families } from "../../lib/model/address.ts";
import { type Cell, isRight, type Target } from "../lab/matrix.ts";
import type { Style } from "./screen.ts";

/** Gives a text its style, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

const LABEL = 17;
const COLUMN = 8;

/** What a matrix is drawn with. */
export interface PictureOptions {
  /** Names of the hosts that try, from the top. */
  readonly rows: readonly string[];
  /** Whom they try to reach, from the left. */
  readonly targets: readonly Target[];
  /** The matrix before; undefined: nothing is marked as new. */
  readonly before: readonly Cell[] | undefined;
  readonly paint: Paint;
}

/**
 * Draws a matrix: who tries in the rows, whom in the columns, a digit for each family that got
 * through. What is not as it was before has a sign in front; what is not as it should be, `!`.
 */
export function drawMatrix(
  cells: readonly Cell[],
  { rows, targets, before, paint }: PictureOptions,
): readonly string[] {
  const earlier = new Map(before?.map((cell) => [placeOf(cell), cell]));
  const byName = Map.groupBy(cells, ({ from }) => from.name);
  const lines = rows.map((name) => {
    const row = byName.get(name) ?? [];
    const columns = targets.map((target) =>
      drawColumn(row.filter((cell) => cell.target === target), earlier, paint)
    );
    return `${name.padEnd(LABEL)}${columns.join("")}`;
  });
  return [...drawHead(targets, paint), ...lines].map((line) => `  ${line.trimEnd()}`);
}

/** How many cells opened and how many were shut since the matrix before. */
export function countChanges(
  cells: readonly Cell[],
  before: readonly Cell[],
): { readonly opened: number; readonly shut: number } {
  const earlier = new Map(before.map((cell) => [placeOf(cell), cell]));
  const changed = cells.filter((cell) => wasOpen(earlier, cell) !== isOpen(cell));
  const opened = changed.filter(isOpen).length;
  return { opened, shut: changed.length - opened };
}

/** The namespace where it begins, the host, its port. */
function drawHead(targets: readonly Target[], paint: Paint): readonly string[] {
  const parts = targets.map(({ host, protocol, port }) => {
    const [namespace, pod] = host.includes("/") ? host.split("/") : ["", host];
    const service = protocol === "TCP" ? `:${port}` : `:${port}/${protocol.toLowerCase()}`;
    return { namespace: namespace ?? "", pod: pod ?? "", service };
  });
  let namespaces = " ".repeat(LABEL);
  parts.forEach(({ namespace }, index) => {
    if (namespace === "" || namespace === parts[index - 1]?.namespace) return;
    namespaces = `${namespaces.padEnd(LABEL + index * COLUMN)} ${namespace}`;
  });
  const line = (pick: (part: typeof parts[number]) => string): string =>
    " ".repeat(LABEL) + parts.map((part) => ` ${pick(part)}`.padEnd(COLUMN)).join("");
  return [
    paint("dim", namespaces),
    paint("title", line(({ pod }) => pod)),
    paint("dim", line(({ service }) => service)),
  ];
}

function drawColumn(
  cells: readonly Cell[],
  earlier: ReadonlyMap<string, Cell>,
  paint: Paint,
): string {
  if (cells.length === 0) return paint("shut", " –".padEnd(COLUMN));
  const drawn = families.map((family, index) => {
    const cell = cells.find((cell) => cell.family === family);
    return cell === undefined ? "  " : drawCell(cell, wasOpen(earlier, cell), paint) +
      (index === 0 ? " " : "");
  });
  return drawn.join("") + " ".repeat(COLUMN - 5);
}

/** Two columns of text: a sign, and the family's digit or a dot. */
function drawCell(cell: Cell, before: boolean | undefined, paint: Paint): string {
  const open = isOpen(cell);
  const text = open ? cell.family.slice(-1) : "·";
  if (!isRight(cell)) return paint("bad", `!${text}`);
  if (before === undefined || before === open) return paint(open ? "open" : "shut", ` ${text}`);
  return open ? paint("opened", `+${text}`) : paint("closed", `-${text}`);
}

function wasOpen(earlier: ReadonlyMap<string, Cell>, cell: Cell): boolean | undefined {
  const before = earlier.get(placeOf(cell));
  return before && isOpen(before);
}

function isOpen({ outcome }: Cell): boolean {
  return outcome === "open";
}

function placeOf({ from, target: { host, protocol, port }, family }: Cell): string {
  return [from.name, host, protocol, port, family].join(" ");
}
