import assert from "node:assert/strict";
import { Changes } from "../../../lib/cluster/changes.ts";

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
