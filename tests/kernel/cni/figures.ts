import type { Agent } from "../../lab/agent.ts";
import type { CniRuntime } from "../../lab/cni_runtime.ts";

/** Prints how long ADDs took: the agent's part, and each plugin's whole run. Nothing is asserted. */
export async function tellFigures(agent: Agent, runtime: CniRuntime): Promise<void> {
  const { body } = await agent.get("/metrics");
  const bounds = body.split("\n").flatMap((line) => {
    const match = /^hedgerow_cni_add_seconds_bucket\{le="([^"]+)",result="enforced"\} (\d+)/.exec(
      line,
    );
    return match === null ? [] : [{ le: Number(match[1]) * 1000, count: Number(match[2]) }];
  });
  const total = bounds.at(-1)?.count ?? 0;
  const within = (part: number): string => {
    return `${bounds.find(({ count }) => count >= total * part)?.le ?? "more"} ms`;
  };
  const lines = [
    `the agent's part of ${total} ADDs: half within ${within(.5)}, 99 % within ${within(.99)}`,
    ...[...runtime.took].map(([name, took]) => {
      const sorted = took.toSorted((a, b) => a - b);
      const at = (part: number): string =>
        `${sorted[Math.floor(sorted.length * part)]?.toFixed(1)}`;
      return `${name}: ${at(0)} ms at best, ${at(.5)} in the middle, ${at(.99)} at worst`;
    }),
  ];
  Deno.stderr.writeSync(new TextEncoder().encode(lines.map((line) => `  ${line}\n`).join("")));
}
