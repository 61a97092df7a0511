import type { Agent } from "../lab/agent.ts";

const METRIC = "hedgerow_event_to_kernel_seconds";

/** What an agent has measured of its events since it began. */
interface Measured {
  readonly events: number;
  readonly seconds: number;
}

/** How long agents took from an event of the API to the kernel, by their own clocks. */
export class Latency {
  readonly #agents: ReadonlyMap<string, Agent>;
  readonly #before = new Map<string, Measured>();

  constructor(agents: ReadonlyMap<string, Agent>) {
    this.#agents = agents;
  }

  /** Gives each agent's mean of the events since the last call, by node; none without events. */
  async take(): Promise<ReadonlyMap<string, number>> {
    const means = new Map<string, number>();
    for (const [node, agent] of this.#agents) {
      const now = await measuredBy(agent);
      const { events, seconds } = this.#before.get(node) ?? { events: 0, seconds: 0 };
      this.#before.set(node, now);
      if (now.events === events) continue;
      means.set(node, (now.seconds - seconds) / (now.events - events) * 1000);
    }
    return means;
  }
}

async function measuredBy(agent: Agent): Promise<Measured> {
  return {
    events: await agent.metric(`${METRIC}_count`),
    seconds: await agent.metric(`${METRIC}_sum`),
  };
}
