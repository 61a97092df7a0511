import type { IpAddress } from "../../../lib/model/address.ts";
import { families } from "../../../lib/model/address.ts";
import { addressOf } from "../../lab/topology.ts";
import { assertPackets } from "./ask.ts";
import { Scene } from "./scene.ts";

/** Pods that are guarded may be reached by friends only. */
const guarded = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: guarded }
spec:
  podSelector: { matchLabels: { role: guarded } }
  ingress:
    - from: [{ namespaceSelector: {}, podSelector: { matchLabels: { role: friend } } }]
`;
const guard = { labels: { role: "guarded" } };
const friend = { labels: { role: "friend" } };
const nobody = { labels: { role: "nobody" } };
const deleting = { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } };

Deno.test("pods that come and go, by real packets", async (t) => {
  await using scene = await Scene.create();
  const [subject, peer] = [scene.host("a/1"), scene.host("b/3")];

  await t.step(
    "NP-53: an ended pod's address is its new owner's alone (corner case 33)",
    async () => {
      for (const phase of ["Succeeded", "Failed"] as const) {
        scene.describe({ ...subject, name: "a/ended-subject" }, { ...guard, phase });
        scene.describe({ ...peer, name: "b/ended-peer" }, { ...friend, phase });
        scene.describe(subject, nobody);
        scene.describe(scene.host("a/2"), guard);
        scene.describe(peer, nobody);
        await scene.enforce(guarded);
        await assertPackets(scene, { allowed: ["b/3 > a/1:80"], denied: ["b/3 > a/2:80"] });
      }
      scene.forget("a/ended-subject");
      scene.forget("b/ended-peer");
    },
  );
  await t.step("NP-53: as a subject and as a peer, the owner is what counts", async () => {
    for (const phase of ["Succeeded", "Failed"] as const) {
      scene.describe({ ...subject, name: "a/ended-subject" }, { ...nobody, phase });
      scene.describe({ ...peer, name: "b/ended-peer" }, { ...nobody, phase });
      scene.describe(subject, guard);
      scene.describe(peer, friend);
      await scene.enforce(guarded);
      await assertPackets(scene, { allowed: ["b/3 > a/1:80"], denied: ["b/4 > a/1:80"] });
    }
    scene.forget("a/ended-subject");
    scene.forget("b/ended-peer");
  });
  await t.step("NP-53: an ended pod is nobody's peer", async () => {
    scene.describe(peer, { ...friend, phase: "Succeeded" });
    await scene.enforce(guarded);
    await assertPackets(scene, { denied: ["b/3 > a/1:80"] });
  });
  await t.step("NP-54: a pod that is being deleted is policed, and a peer", async () => {
    scene.describe(subject, { ...guard, ...deleting });
    scene.describe(peer, { ...friend, ...deleting });
    await scene.enforce(guarded);
    await assertPackets(scene, { allowed: ["b/3 > a/1:80"], denied: ["b/4 > a/1:80"] });
  });
  await t.step(
    "NP-55: a pending pod that has an address is policed, and a peer (corner case 34)",
    async () => {
      scene.describe(subject, { ...guard, phase: "Pending" });
      scene.describe(peer, { ...friend, phase: "Pending" });
      await scene.enforce(guarded);
      await assertPackets(scene, { allowed: ["b/3 > a/1:80"], denied: ["b/4 > a/1:80"] });
    },
  );
  await t.step("NP-56: a peer without an address admits nobody", async () => {
    scene.describe(subject, guard);
    scene.describe(peer, { ...friend, ips: [], phase: "Pending" });
    await scene.enforce(guarded);
    await assertPackets(scene, { denied: ["b/3 > a/1:80", "b/4 > a/1:80", "outside > a/1:80"] });
  });
  await t.step("NP-56: a pod's addresses are followed, the subject's and the peer's", async () => {
    scene.describe(peer, friend);
    await scene.enforce(guarded);
    await assertPackets(scene, { allowed: ["b/3 > a/1:80"] });
    const elsewhere = (node: number): readonly IpAddress[] =>
      [`10.244.${node}.77`, `fd00:10:244:${node}::77`] as IpAddress[];
    const moved = await scene.lab.addPod("a/moved", { node: "n1", addresses: elsewhere(1) });
    const friendly = await scene.lab.addPod("b/friendly", { node: "n2", addresses: elsewhere(2) });
    scene.describe({ ...moved, name: "a/1" }, guard);
    scene.describe({ ...friendly, name: "b/3" }, friend);
    await scene.enforce(guarded);
    await assertPackets(scene, {
      allowed: ["b/friendly > a/moved:80", "b/3 > a/1:80", "b/4 > a/1:80"],
      denied: ["b/3 > a/moved:80", "b/4 > a/moved:80"],
    });
  });
});

Deno.test("NP-60: policies hold for both families of every pod, by real packets", async (t) => {
  await using scene = await Scene.create();
  const [subject, peer] = [scene.host("a/1"), scene.host("b/3")];
  const names = { ports: [{ name: "web", containerPort: 80 }] };

  await t.step("NP-60: selectors, for subjects and peers", async () => {
    scene.describe(subject, guard);
    scene.describe(peer, friend);
    await scene.enforce(guarded);
    await assertPackets(scene, {
      allowed: ["b/3 > a/1:80", "b/3 > a/1 ICMP"],
      denied: ["b/4 > a/1:80", "a/2 > a/1 ICMP"],
    });
  });
  await t.step("NP-60: named ports, of the subject and of the peer", async () => {
    scene.describe(subject, { ...guard, ...names });
    scene.describe(peer, { ...friend, ...names });
    await scene.enforce(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: web }
spec:
  podSelector: { matchLabels: { role: guarded } }
  policyTypes: [Ingress, Egress]
  ingress: [{ ports: [{ port: web }] }]
  egress: [{ ports: [{ port: web }] }]
`);
    await assertPackets(scene, {
      allowed: ["b/3 > a/1:80", "b/4 > a/1:80", "a/1 > b/3:80"],
      denied: ["b/3 > a/1:80/UDP", "b/3 > a/1 ICMP", "a/1 > b/4:80", "a/1 > outside:80"],
    });
  });
  await t.step("NP-60: a pod of one family has no rules of the other", async () => {
    for (const family of families) {
      const lone = await scene.addPod(`a/only-${family.toLowerCase()}`, {
        node: "n1",
        addresses: [addressOf(subject, family).replace(/2$/, "66") as IpAddress],
      }, guard);
      await scene.enforce(guarded);
      await assertPackets(scene, {
        allowed: [`b/3 > ${lone.name}:80`],
        denied: [`b/4 > ${lone.name}:80`],
      });
    }
  });
});
