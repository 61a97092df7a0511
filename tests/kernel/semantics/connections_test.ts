import assert from "node:assert/strict";
import { assertPackets } from "./ask.ts";
import { openFlows } from "./flows.ts";
import { Scene } from "./scene.ts";
import { edited } from "./table.ts";

/** Pod a/1 may be asked by everybody on port 80, and may ask nobody. */
const asked = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: asked }
spec:
  podSelector: { matchLabels: { app: "1" } }
  policyTypes: [Ingress, Egress]
  ingress:
    - ports: [{ port: 80, protocol: TCP }, { port: 80, protocol: UDP }]
`;

/** Pod a/1 may ask everybody on port 80, and may be asked by nobody. */
const asking = asked.replace("asked", "asking").replace("ingress:", "egress:");

Deno.test("NP-42: replies need no rule of their own, by real packets (corner case 27)", async (t) => {
  await using scene = await Scene.create();
  const pod = scene.host("a/1");
  const peers = ["a/2", "b/3", "n1", "outside"].map((name) => scene.host(name));
  await t.step("NP-42: those of the pod, which may open nothing itself", async () => {
    await scene.enforce(asked);
    await using flows = await openFlows(scene, peers.map((peer) => [peer, pod]));
    await flows.allHear();
    await assertPackets(scene, {
      denied: peers.flatMap(({ name }) => [`a/1 > ${name}:80`, `a/1 > ${name}:80/UDP`]),
    });
    await flows.allHear();
  });
  await t.step("NP-42: those to the pod, to which nobody may open anything", async () => {
    await scene.enforce(asking);
    await using flows = await openFlows(scene, peers.map((peer) => [pod, peer]));
    await flows.allHear();
    const others = peers.filter(({ name }) => name !== "n1"); // NP-46
    await assertPackets(scene, {
      denied: others.flatMap(({ name }) => [`${name} > a/1:80`, `${name} > a/1:80/UDP`]),
    });
    await flows.allHear();
  });
});

/** Only those peers may ask pod a/1, and be asked by it. */
function friends(...apps: readonly string[]): string {
  const values = apps.map((app) => `"${app}"`).join(", ");
  const selector = `{ matchExpressions: [{ key: app, operator: In, values: [${values}] }] }`;
  const peers = `[{ namespaceSelector: {}, podSelector: ${selector} }]`;
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: friends }
spec:
  podSelector: { matchLabels: { app: "1" } }
  policyTypes: [Ingress, Egress]
  ingress:
    - from: ${peers}
  egress:
    - to: ${peers}
`;
}

/** Policies that have nothing to do with the open flows. */
function unrelated(round: number): string {
  return `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: unrelated-${round % 3} }
spec:
  podSelector: { matchLabels: { app: "2" } }
  ingress:
    - ports: [{ port: ${1000 + round} }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: all-of-us }
spec:
  podSelector: {}
  ingress:
    - from: [{ ipBlock: { cidr: 192.0.2.${round}/32 } }]
`;
}

Deno.test("NP-43: a change cuts what it denies, and nothing else, by real packets", async (t) => {
  await using scene = await Scene.create();
  const [pod, enemy, friend] = ["a/1", "b/3", "b/4"].map((name) => scene.host(name));
  assert.ok(pod !== undefined && enemy !== undefined && friend !== undefined);
  await scene.enforce(friends("3", "4"));
  await using kept = await openFlows(scene, [[pod, friend], [friend, pod]]);
  await using cut = await openFlows(scene, [[pod, enemy], [enemy, pod]]);

  await t.step("NP-43: open flows live on without a loss while other policies change", async () => {
    for (let round = 1; round <= 15; round++) {
      await scene.enforce(friends("3", "4") + unrelated(round));
    }
    await kept.assertWhole();
    await cut.assertWhole();
  });
  await t.step(
    "NP-43: those whose peer is withdrawn end in both directions (corner case 28)",
    async () => {
      await scene.enforce(friends("4"));
      await cut.silent();
      await kept.assertWhole();
      // The servers send on: without the rules they are heard again.
      const forward = { node: "n1", chain: "forward", edit: () => [] };
      await edited(scene, forward, () => cut.allHear());
    },
  );
  await t.step("NP-43: and those that are left, when the pod's label is", async () => {
    scene.describe(friend, { labels: { app: "none" } });
    await scene.enforce();
    await kept.silent();
  });
});
