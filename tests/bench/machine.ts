import { version as hedgerow } from "../../lib/cli/version.ts";
import { runTool } from "../lab/tool.ts";

/** Where a run took place: figures of two machines are not to be compared. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGB: number;
  readonly kernel: string;
  readonly nft: string;
  readonly deno: string;
  readonly hedgerow: string;
  /** The load average of the last minute as the run began: above 0.5, others were at work. */
  readonly load: number;
}

/** Looks at this machine. */
export async function describeMachine(): Promise<Machine> {
  const [, processor = "unknown"] = /^model name\s*: (.+)$/m.exec(
    await Deno.readTextFile("/proc/cpuinfo"),
  ) ?? [];
  return {
    cores: navigator.hardwareConcurrency,
    processor,
    memoryGB: Math.round(Deno.systemMemoryInfo().total / 1e9),
    kernel: Deno.osRelease(),
    nft: (await runTool("nft", ["--version"])).trim(),
    deno: Deno.version.deno,
    hedgerow,
    load: Deno.loadavg()[0] ?? NaN,
  };
}

/** Prints it in a line. */
export function formatMachine(machine: Machine): string {
  const { cores, processor, memoryGB, kernel, nft, deno, load } = machine;
  return `${cores} cores (${processor}), ${memoryGB} GB, Linux ${kernel}, ${nft}, Deno ${deno}; ` +
    `load at the start ${load.toFixed(1)}`;
}
