import assert from "node:assert/strict";
import { delay, monotonicMs } from "../lab/clock.ts";
import type { Lab } from "../lab/lab.ts";
import type { Probe } from "../lab/traffic.ts";
import type { Outcome } from "../lab/traffic_calls.ts";
import { PORT } from "./cluster.ts";

/** Who reaches whom: `shop/api -> shop/web` -> how it ends, in both families. */
export type Outcomes = Readonly<Record<string, Outcome>>;

/**
 * Waits until packets go as expected, and asks once more: it is not to be a moment between two
 * others. After the deadline an error shows what is otherwise.
 */
export async function settle(lab: Lab, expected: Outcomes, timeoutMs = 15_000): Promise<void> {
  const deadline = monotonicMs() + timeoutMs;
  while (!isEqual(await outcomesOf(lab, expected), expected) && monotonicMs() < deadline) {
    await delay(20);
  }
  await expectOutcomes(lab, expected);
}

/** Packets go as expected, now. */
export async function expectOutcomes(lab: Lab, expected: Outcomes): Promise<void> {
  assert.deepEqual(await outcomesOf(lab, expected), expected);
}

async function outcomesOf(lab: Lab, asked: Outcomes): Promise<Readonly<Record<string, string>>> {
  const ways = Object.keys(asked);
  const probes = ways.map((way) => probesOf(lab, way));
  const outcomes = await lab.traffic.probeAll(probes.flat());
  let next = 0;
  return Object.fromEntries(ways.map((way, index) => {
    const own = new Set(probes[index]?.map(() => outcomes[next++]));
    return [way, [...own].join(" or ")];
  }));
}

/** The same question in both families. */
function probesOf(lab: Lab, way: string): readonly Probe[] {
  const [from = "", to = ""] = way.split(" -> ");
  return lab.host(to).addresses.map((address) => ({
    from: lab.host(from),
    to: address,
    protocol: "TCP",
    port: PORT,
  }));
}

function isEqual(a: Readonly<Record<string, string>>, b: Outcomes): boolean {
  return Object.entries(b).every(([way, outcome]) => a[way] === outcome);
}
