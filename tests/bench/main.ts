/**
 * Measures what hedgerow is to reach and prints it as one table:
 *
 *     deno task bench [--quick] [--json FILE] [SUITE…]
 */
import { type Figure, isMet, ratioOf } from "./figure.ts";
import { describeMachine, formatMachine } from "./machine.ts";
import { type BenchOptions, parseOptions, usage } from "./options.ts";
import { runSuite } from "./run.ts";
import { sizes } from "./size.ts";
import { formatTable } from "./table.ts";

const encoder = new TextEncoder();

function say(text: string, to: typeof Deno.stdout | typeof Deno.stderr = Deno.stdout): void {
  to.writeSync(encoder.encode(`${text}\n`));
}

/** The first start after a change would be one that translates the sources. */
async function translateSources(): Promise<void> {
  const program = new URL("../../main.ts", import.meta.url).pathname;
  const args = ["cache", "--quiet", "--frozen", program];
  const { success } = await new Deno.Command(Deno.execPath(), { args, stdout: "null" }).output();
  if (!success) throw new Error(`Cannot bench: deno ${args.join(" ")} failed`);
}

async function bench({ quick, suites, seed, json }: BenchOptions): Promise<void> {
  const size = quick ? sizes.quick : sizes.full;
  const machine = await describeMachine();
  await translateSources();
  const startedAt = performance.now();
  const figures: Figure[] = [];
  for (const suite of suites) {
    say(`${secondsSince(startedAt)} s: ${suite}`, Deno.stderr);
    figures.push(...await runSuite(suite, { size, seed }));
  }
  const run = { size: quick ? "quick" : "full", seed, seconds: secondsSince(startedAt) };
  say(`${formatMachine(machine)}\n${run.size} run of ${run.seconds} s, seed ${seed}\n`);
  say(formatTable(figures));
  if (json === undefined) return;
  const judged = figures.map((figure) => ({
    ...figure,
    ratio: ratioOf(figure),
    met: isMet(figure),
  }));
  await Deno.writeTextFile(json, `${JSON.stringify({ machine, run, figures: judged }, null, 2)}\n`);
}

function secondsSince(at: number): number {
  return Math.round((performance.now() - at) / 1000);
}

async function main(args: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseOptions(args);
  } catch (error) {
    say(`${error instanceof Error ? error.message : error}\n${usage}`, Deno.stderr);
    return 2;
  }
  await bench(options);
  return 0;
}

Deno.exit(await main(Deno.args));
