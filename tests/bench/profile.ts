/**
 * Takes a CPU profile of an agent that starts in a large cluster and then follows its changes:
 *
 *     deno task bench:profile [--scale 10000|150000] [--seconds 60] [--dir DIR]
 *
 * It prints the functions that took most time at the start and under churn. DIR keeps the whole
 * profile: for a browser's developer tools, and as a flame graph.
 */
import { markdownTable } from "markdown-table";
import { parseArgs } from "node:util";
import { delay, monotonicMs } from "../lab/clock.ts";
import { type CpuProfile, functionTimes, type Span } from "./agent/profile.ts";
import { manyThousand, type Scale, tenThousand } from "./agent/scale.ts";
import { Site } from "./agent/site.ts";
import { formatNumber } from "./table.ts";

const scales: Readonly<Record<string, Scale>> = { 10_000: tenThousand, 150_000: manyThousand };
const rows = 25;

const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "150000" },
    seconds: { type: "string", default: "60" },
    dir: { type: "string" },
  },
});
const scale = scales[values.scale];
if (scale === undefined) throw new TypeError(`--scale "${values.scale}": it takes 10000 or 150000`);
const directory = values.dir ?? Deno.makeTempDirSync({ prefix: "hedgerow-profile-" });
const { start, churn } = await record(scale, Number(values.seconds));
const profile = readProfile();
say(`The whole profile: ${directory}\n`);
tell(`Start, ${scale.name}`, start);
tell(`Churn of ${scale.rate} changes/s, ${scale.name}`, churn);

async function record(
  { cluster, rate }: Scale,
  seconds: number,
): Promise<{ readonly start: Span; readonly churn: Span }> {
  await using site = await Site.create(cluster);
  const from = monotonicMs();
  await using agent = site.startAgent({
    runtime: [
      "--cpu-prof",
      "--cpu-prof-flamegraph",
      "--cpu-prof-md",
      `--cpu-prof-dir=${directory}`,
    ],
  });
  await agent.ready(300_000);
  const start = { from, to: monotonicMs() };
  await site.churn(rate);
  await delay(seconds * 1000);
  const churn = { from: start.to, to: monotonicMs() };
  agent.signal("SIGTERM");
  await agent.exit; // it writes the profile as its last act
  return { start, churn };
}

function readProfile(): CpuProfile {
  for (const { name } of Deno.readDirSync(directory)) {
    if (name.endsWith(".cpuprofile")) {
      return JSON.parse(Deno.readTextFileSync(`${directory}/${name}`));
    }
  }
  throw new Error(`Cannot find a profile in ${directory}: the agent has written none`);
}

function tell(title: string, span: Span): void {
  const times = functionTimes(profile, span);
  const busy = times.reduce((sum, { self }) => sum + self, 0);
  const seconds = ((span.to - span.from) / 1000).toFixed(1);
  say(`${title}: ${seconds} s, of which JavaScript ran for ${(busy / 1000).toFixed(1)} s\n`);
  const share = (ms: number): string => `${formatNumber(ms / busy * 100)} %`;
  const row = (name: string, self: number, total: number): readonly string[] => [
    ...[`${Math.round(self)} ms`, share(self), `${Math.round(total)} ms`, share(total), name],
  ];
  const own = times.slice(0, rows);
  const ours = times.toSorted((a, b) => b.total - a.total)
    .filter(({ name }) => name.includes(" lib/")).slice(0, rows);
  const align = ["r", "r", "r", "r", "l"];
  for (const [by, some] of [["by own time", own], ["ours by total time", ours]] as const) {
    const head = ["own", "", "total", "", `function, ${by}`];
    const table = some.map(({ name, self, total }) => row(name, self, total));
    say(`${markdownTable([head, ...table], { align })}\n`);
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
