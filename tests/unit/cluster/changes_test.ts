import assert from "node:assert/strict";
import { Changes, type Trigger } from "../../../lib/cluster/changes.ts";

Deno.test("whoever listens late is called at once for what waits, then for each change", () => {
  const changes = new Changes();
  changes.add("sync", 1);
  let calls = 0;
  changes.onAdded(() => calls++);
  assert.equal(calls, 1);
  changes.add("pod", 2);
  assert.equal(calls, 2);
});

Deno.test("whoever listens while nothing waits is not called", () => {
  const changes = new Changes();
  changes.onAdded(() => assert.fail("there is nothing to do"));
  assert.equal(changes.size, 0);
});

Deno.test("while nothing is taken not more is kept than there is room for, but for what runtimes asked", () => {
  const changes = new Changes();
  const add = (trigger: Trigger): boolean => changes.add(trigger, 0, () => {});
  while (changes.size < 100_000) assert.ok(add("dns"));
  assert.ok(!add("dns"), "nobody will be told");
  assert.equal(changes.size, 100_000);
  assert.ok(add("cni"));
  const taken = changes.take();
  assert.equal(taken.length, 100_001);
  assert.equal(taken.at(-1)?.trigger, "cni");
  assert.ok(add("dns"), "there is room again");
});
