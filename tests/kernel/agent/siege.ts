import { equal, ok } from "node:assert/strict";
import { delay, until } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import { makeRandom, seedOfRun } from "./random.ts";
import { changeSomething, letIn, port } from "./shop.ts";

/** Something bad that happens to the agent of n1. */
export interface Mishap {
  /** How often, among the changes. */
  readonly times: number;
  readonly happen: (cluster: Cluster) => Promise<void>;
}

/** How many changes a siege lasts. */
const changes = 200;

/**
 * The thief floods the shop, which lets nobody in but its own, while policies and labels of others
 * change 200 times and bad things happen to the agent in between. Nothing of the flood may arrive,
 * and at the end kernel and API agree.
 */
export async function besiege(cluster: Cluster, { times, happen }: Mishap): Promise<void> {
  const random = makeRandom(seedOfRun());
  const [thief, web] = [cluster.lab.host("street/thief"), cluster.lab.host("shop/web")];
  cluster.put(letIn("own", "web", "api"));
  await cluster.settled();
  await using flood = await cluster.lab.traffic.flood({ from: thief, to: web, port });
  await until("the flood is under way", async () => await flood.sent() > 1000);
  const atChanges = new Set<number>();
  while (atChanges.size < times) atChanges.add(Math.floor(random() * changes));
  for (let n = 0; n < changes; n++) {
    changeSomething(cluster, n);
    if (atChanges.has(n)) {
      await delay(random() * 4); // somewhere between the event and the kernel
      await happen(cluster);
    } else {
      await delay(random() * 20); // some changes meet in one pass, some do not
    }
  }
  await cluster.settled({ timeoutMs: 15_000 });
  const sent = await flood.sent();
  ok(sent > 10_000, `a flood, not a drop: ${sent} packets`);
  equal(await flood.arrived(), 0, "packets of the thief that got through");
}
