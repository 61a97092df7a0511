/**
 * Watches the memory of an agent whose cluster changes for an hour:
 *
 *     deno task bench:churn [--scale 10000|150000] [--seconds 3600] [--rate 200]
 *
 * It prints a line now and then, and at the end whether memory is flat.
 */
import { parseArgs } from "node:util";
import { bundleProgram } from "../agent/bundle.ts";
import { patienceMs } from "../agent/course.ts";
import { manyThousand, type Scale, tenThousand } from "../agent/scale.ts";
import { Site } from "../agent/site.ts";
import { describeMachine, formatMachine } from "../machine.ts";
import { formatNumber } from "../table.ts";
import { followMemory, type MemorySample, quarters } from "./memory_course.ts";

const scales: Readonly<Record<string, Scale>> = { 10_000: tenThousand, 150_000: manyThousand };

/** Lines that are printed, and how often memory is looked at for each. */
const lines = 24;
const samplesPerLine = 10;

/** Flat is what is in the last quarter less than so many times what it is in the second. */
const flat = 1.05;

const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "150000" },
    seconds: { type: "string", default: "3600" },
    rate: { type: "string" },
  },
});
const scale = scales[values.scale];
if (scale === undefined) throw new TypeError(`--scale "${values.scale}": it takes 10000 or 150000`);
const rate = values.rate === undefined ? scale.rate : numberOf("--rate", values.rate);
const seconds = numberOf("--seconds", values.seconds);

say(`${formatMachine(await describeMachine())}\n${seconds} s of ${rate} changes/s, ${scale.name}`);
await using site = await Site.create(scale.cluster);
const program = await bundleProgram(site.folder);
await using agent = site.startAgent({ program });
await agent.ready(patienceMs);
let looks = 0;
const course = await followMemory({ site, agent }, {
  ...{ rate, seconds, samples: lines * samplesPerLine },
  tell: (sample) => {
    if (++looks % samplesPerLine === 0) say(formatSample(sample));
  },
});
const { second, last } = quarters(course);
say(
  `Resident memory: ${formatMB(second)} in the second quarter, ${formatMB(last)} in the last, ` +
    `${formatNumber(last / second)} times, after ${course.changes} changes; it is ` +
    (last / second < flat ? "flat" : "not flat"),
);

function formatSample({ seconds, agent, session }: MemorySample): string {
  return `${Math.round(seconds).toString().padStart(6)} s: agent ${formatMB(agent)}, ` +
    `nft session ${formatMB(session)}`;
}

function formatMB(value: number): string {
  return `${formatNumber(value)} MB`;
}

function numberOf(flag: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new TypeError(`${flag} "${text}": it takes a whole number above 0`);
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
