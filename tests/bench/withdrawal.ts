import { Latency } from "../demo/latency.ts";
import { createShop, letIn } from "../kernel/agent/shop.ts";
import { endsOf, withdraw } from "../kernel/agent/withdrawal.ts";
import type { Figure } from "./figure.ts";
import { summarize } from "./statistics.ts";

/** How often a policy is withdrawn. */
export interface WithdrawalOptions {
  readonly rounds: number;
}

/** How long a connection lives on whose policy is withdrawn, from the API server to its last packet. */
export async function measureWithdrawal(
  { rounds }: WithdrawalOptions,
): Promise<readonly Figure[]> {
  await using cluster = await createShop();
  await cluster.startAgents();
  cluster.put(letIn("own", "web", "api"));
  const latency = new Latency(cluster.agents);
  await latency.take();
  const cuts: number[] = [];
  for (let round = 0; round < rounds; round++) {
    cuts.push(...endsOf(await withdraw(cluster, round)).map(({ lastMs }) => lastMs));
  }
  const mean = (await latency.take()).get("n1");
  const summary = summarize(cuts);
  const baseline = mean === undefined ? undefined : { name: "event to kernel, mean", value: mean };
  return (["p50", "p99"] as const).map((share) => ({
    name: `An open connection after its policy's withdrawal, both ways, ${share}`,
    ...{ unit: "ms", value: summary?.[share], baseline },
    goal: share === "p99" ? { of: "measured", is: "below", bound: 20 } : undefined,
  }));
}
