import assert from "node:assert/strict";
import type { Agent } from "../lab/agent.ts";
import { until } from "../lab/clock.ts";
import type { HttpReply } from "../lab/http_get.ts";
import { SystemError } from "../lab/libc.ts";

/** Waits until nothing is amiss with an agent. */
export async function untilHealthy(agent: Agent): Promise<void> {
  await untilReadyz(agent, /^ok/);
}

/**
 * Waits until `/readyz` says something, apart from the note that there is no CNI plugin here; it must
 * not fail meanwhile unless `status` says so.
 */
export async function untilReadyz(agent: Agent, wanted: RegExp, status = 200): Promise<void> {
  let last = "no answer";
  const isWanted = async (): Promise<boolean> => {
    const answer = await readyz(agent);
    if (answer === undefined) return false;
    last = `${answer.status} ${answer.body}`;
    assert.equal(answer.status, status, last);
    return wanted.test(
      answer.body.replace(/^note: \d+ pods? the CNI plugin did not tell .*\n/m, ""),
    );
  };
  try {
    await until(`/readyz says ${wanted}`, isWanted, { timeoutMs: 60_000, everyMs: 50 });
  } catch (cause) {
    throw new Error(`Cannot see the agent say ${wanted}: ${last}`, { cause });
  }
}

/** Undefined: it does not listen yet; an agent that has ended is an error. */
async function readyz(agent: Agent): Promise<HttpReply | undefined> {
  try {
    return await agent.get("/readyz");
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    agent.signal("SIGCONT"); // changes nothing, but for one that has ended it is an error
    return undefined;
  }
}
