import assert from "node:assert/strict";
import { delay } from "../../lab/clock.ts";
import { Site } from "../agent/site.ts";
import { inspected, LiveHeap } from "./live_heap.ts";

/** Deleted pods of the agent's own node are kept for a minute: with so many nodes they are few. */
const cluster = { pods: 200, namespaces: 5, nodes: 20, policies: 20 };

/** Changes per second. */
const rate = 1000;

/**
 * Objects that there may be more. Each change brings about fifteen; one or so remains, as long as
 * there still are labels that no pod has had before. A program that has just begun makes a few more
 * of its own.
 */
const most = (changes: number): number => 1000 + 5 * changes;

Deno.test("what an agent was told and is no longer so it does not keep", async () => {
  await using site = await Site.create(cluster, "node-1");
  await using agent = site.startAgent({ runtime: inspected });
  await agent.ready();
  await using heap = new LiveHeap(site.netns);
  await site.churn(rate);
  await delay(2000);
  const early = await heap.objects();
  await site.churn(rate);
  await delay(3000);
  const late = await heap.objects();
  const changes = await site.churn(0);
  assert.ok(changes > 200, `${changes} changes prove nothing`);
  assert.ok(late - early < most(changes), `${late - early} objects more after ${changes} changes`);
});
