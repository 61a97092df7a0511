/** What a process uses, and its children with it. */
export interface ProcessUsage {
  /** Resident memory, in MB (10^6 bytes). */
  readonly memory: { readonly own: number; readonly children: number };
  /** CPU time since it began, children that have ended included, in ms. */
  readonly cpuMs: number;
}

/** Ticks of `/proc` in a second: the same on every Linux that Deno runs on. */
const ticksPerSecond = 100;

/** Looks at a process and at those which it has started and which run. */
export function usageOf(pid: number): ProcessUsage {
  const children = childrenOf(pid);
  const cpuMs = cpuOf(pid, true) + sum(children.map((child) => cpuOf(child, false)));
  const memory = { own: residentOf(pid), children: sum(children.map(residentOf)) };
  return { memory, cpuMs };
}

/** Its resident memory and its children's, in MB. */
export function memoryOf({ memory: { own, children } }: ProcessUsage): number {
  return own + children;
}

function residentOf(pid: number): number {
  const [, kB] = /^VmRSS:\s+(\d+) kB$/m.exec(read(pid, "status")) ?? [];
  return Number(kB ?? 0) * 1024 / 1e6;
}

/** `withEnded`: with the time of its children that have ended. */
function cpuOf(pid: number, withEnded: boolean): number {
  const fields = statOf(pid);
  const ticks = fields.slice(11, withEnded ? 15 : 13).map(Number);
  return sum(ticks) * 1000 / ticksPerSecond;
}

function childrenOf(pid: number): readonly number[] {
  return [...Deno.readDirSync("/proc")]
    .map(({ name }) => Number(name))
    .filter((other) => other > 0 && Number(statOf(other)[1]) === pid);
}

/** The fields behind the name, which may hold spaces: state, parent, and so on. */
function statOf(pid: number): readonly string[] {
  const text = read(pid, "stat");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** "" for a process that has ended. */
function read(pid: number, file: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isGone(error)) return "";
    throw error;
  }
}

/** ESRCH: it ended while it was read. */
function isGone(error: unknown): boolean {
  return error instanceof Error && error.message.includes("os error 3)");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
