/** Resident memory of an agent, in MB (10^6 bytes). */
export interface AgentMemory {
  readonly own: number;
  /** That of its kept nft session. */
  readonly session: number;
  /** That of an nft which it runs for a moment, to read back or to load. */
  readonly passing: number;
}

/** What an agent uses, and its children with it. */
export interface ProcessUsage {
  readonly memory: AgentMemory;
  /** CPU time since it began, children that have ended included, in ms. */
  readonly cpuMs: number;
}

/** Ticks of `/proc` in a second: the same on every Linux that Deno runs on. */
const ticksPerSecond = 100;

/** Looks at an agent and at the processes which it has started and which run. */
export function usageOf(pid: number): ProcessUsage {
  const children = childrenOf(pid);
  const cpuMs = cpuOf(pid, true) + sum(children.map((child) => cpuOf(child, false)));
  // One that has not become nft yet shares all of its memory with the agent.
  const nfts = children.filter((child) => read(child, "cmdline") !== read(pid, "cmdline"));
  const isSession = (child: number): boolean => /(?:^|\/)nft\0-i\0$/.test(read(child, "cmdline"));
  const memory = {
    own: residentOf(pid),
    session: sum(nfts.filter(isSession).map(residentOf)),
    passing: sum(nfts.filter((child) => !isSession(child)).map(residentOf)),
  };
  return { memory, cpuMs };
}

/** Of the agent and its session, in MB. */
export function heldBy({ own, session }: AgentMemory): number {
  return own + session;
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
