// This module is pure.

/** What V8 writes into a `.cpuprofile`, as far as it is read here. Times are microseconds. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** On the machine's monotonic clock. */
  readonly startTime: number;
  /** The node that was at work at each sample. */
  readonly samples: readonly number[];
  /** The time from one sample to the next. */
  readonly timeDeltas: readonly number[];
}

/** A function, called by one way. */
export interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** From 0. */
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

/** A span on the monotonic clock, in ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How long a function was at work. */
export interface FunctionTime {
  /** `name file:line`. */
  readonly name: string;
  /** In ms, without those that it calls. */
  readonly self: number;
  /** In ms, with them. */
  readonly total: number;
}

/** The functions that were at work in a span, by their own time; waiting is no work. */
export function functionTimes(
  { nodes, startTime, samples, timeDeltas }: CpuProfile,
  { from, to }: Span,
): readonly FunctionTime[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const times = new Map<string, { self: number; total: number }>();
  let at = startTime / 1000;
  for (const [i, id] of samples.entries()) {
    const ms = (timeDeltas[i] ?? 0) / 1000;
    at += ms;
    const node = byId.get(id);
    if (at < from || at > to || node === undefined || isWaiting(node)) continue;
    const seen = new Set<string>();
    for (let up: number | undefined = id; up !== undefined; up = parents.get(up)) {
      const name = nameOf(byId.get(up));
      if (name === undefined || seen.has(name)) continue; // a recursion counts once
      seen.add(name);
      const time = times.get(name) ?? { self: 0, total: 0 };
      times.set(name, time);
      time.total += ms;
      if (up === id) time.self += ms;
    }
  }
  return [...times].map(([name, time]) => ({ name, ...time })).sort((a, b) => b.self - a.self);
}

function isWaiting({ callFrame }: ProfileNode): boolean {
  return callFrame.functionName === "(idle)" || callFrame.functionName === "(program)";
}

function nameOf(node: ProfileNode | undefined): string | undefined {
  if (node === undefined || node.callFrame.functionName === "(root)") return undefined;
  const { functionName, url, lineNumber } = node.callFrame;
  const file = /(?:lib|tests|node_modules|npm)\/.*|ext:.*/.exec(url)?.[0] ?? url;
  const place = file === "" ? "" : ` ${file}:${lineNumber + 1}`;
  return `${functionName || "(anonymous)"}${place}`;
}
