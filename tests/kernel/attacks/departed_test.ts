import assert from "node:assert/strict";
import { families } from "../../../lib/model/address.ts";
import type { Outcome } from "../../lab/traffic_calls.ts";
import type { Scene } from "../semantics/scene.ts";
import { edited } from "../semantics/table.ts";
import { both } from "../two_nodes.ts";
import { judging } from "./attack.ts";
import { castOf, createAttackScene } from "./cast.ts";

Deno.test("NP-53: a pod that leaves the API while it runs stays isolated until its address is another's", async (t) => {
  await using scene = await createAttackScene();
  const { mallory, alice } = castOf(scene);
  await t.step("forcibly deleted", async () => {
    scene.forget(mallory.name);
    await scene.enforce();
    await assertIsolated(scene);
  });
  await t.step("made anew, and its phase set to Failed", async () => {
    scene.describe(mallory, { uid: "anew" });
    await scene.enforce();
    scene.describe(mallory, { uid: "anew", phase: "Failed" });
    await scene.enforce();
    await assertIsolated(scene);
  });
  await t.step("its address given to a pod that no policy isolates", async () => {
    scene.describe({ ...mallory, name: "a/heir" });
    await scene.enforce();
    assert.deepEqual(await outcomes(scene), allOf("open"));
  });
  await t.step("that pod deleted too: now it is its own isolation that stays", async () => {
    scene.forget("a/heir");
    await scene.enforce();
    assert.deepEqual(await outcomes(scene), allOf("open"));
  });
  await t.step("its address given to a pod of another node", async () => {
    scene.describe(mallory, { uid: "once more" });
    await scene.enforce();
    assert.deepEqual(await outcomes(scene), allOf("timeout"));
    scene.forget(mallory.name);
    await scene.enforce();
    assert.deepEqual(await outcomes(scene), allOf("timeout"));
    const heir = await scene.addPod("b/heir", { node: "n2", addresses: mallory.addresses });
    await scene.enforce();
    const probes = [...both(alice, heir, "TCP"), ...both(heir, alice, "TCP")];
    assert.deepEqual(new Set(await scene.traffic.probeAll(probes)), new Set(["open"]));
  });
});

/** Four ways out, four ways in. */
function outcomes(scene: Scene): Promise<readonly Outcome[]> {
  const { mallory, alice, outside } = castOf(scene);
  return scene.traffic.probeAll([
    ...[alice, outside].flatMap((peer) => both(mallory, peer, "TCP")),
    ...[alice, outside].flatMap((peer) => both(peer, mallory, "TCP")),
  ]);
}

function allOf(outcome: Outcome): readonly Outcome[] {
  return Array<Outcome>(8).fill(outcome);
}

/** Nothing passes, and it is the agent's rules that stop it. */
async function assertIsolated(scene: Scene): Promise<void> {
  assert.deepEqual(await outcomes(scene), allOf("timeout"));
  const rules = families.flatMap((family) => [judging(family, true), judging(family, false)]);
  const unjudged = rules.reduceRight<() => Promise<void>>(
    (run, rule) => () => edited(scene, rule, run),
    async () => assert.deepEqual(await outcomes(scene), allOf("open")),
  );
  await unjudged();
}
