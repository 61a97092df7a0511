import assert from "node:assert/strict";
import { assertPackets, byEveryProtocol } from "./ask.ts";
import { Scene } from "./scene.ts";

/** Pod a/1 may be reached, and may reach, as the rule's other half says. */
function allowing(rule: string): string {
  return both(rule, rule);
}

/** Pod a/1 may be reached, and may reach, as these rules say. */
function both(ingress: string, egress: string): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: rule }
spec:
  podSelector: { matchLabels: { app: "1" } }
  policyTypes: [Ingress, Egress]
  ingress: [${ingress}]
  egress: [${egress}]
`;
}

const peers = ["a/2", "b/3", "outside"];
const inward = peers.map((peer) => `${peer} > a/1`);
const outward = peers.map((peer) => `a/1 > ${peer}`);
const ways = [...inward, ...outward];

Deno.test("protocols, by real packets", async (t) => {
  await using scene = await Scene.create();

  await t.step(
    "NP-39: a rule for SCTP admits SCTP, isolates from the rest, and is none for TCP",
    async () => {
      await scene.enforce(allowing("{ ports: [{ port: 80, protocol: SCTP }] }"));
      await assertPackets(scene, {
        allowed: ways.map((way) => `${way}:80/SCTP`),
        denied: ways.flatMap((way) => [`${way}:80`, `${way}:80/UDP`, `${way} ICMP`]),
      });
    },
  );
  await t.step("NP-39: rules for other protocols and ports do not admit SCTP", async () => {
    await scene.enforce(allowing(`{ ports: [
      { port: 80, protocol: TCP }, { port: 80, protocol: UDP }, { port: 81, protocol: SCTP }
    ] }`));
    await assertPackets(scene, {
      allowed: ways.flatMap((way) => [`${way}:80`, `${way}:80/UDP`]),
      denied: ways.map((way) => `${way}:80/SCTP`),
    });
  });
  await t.step("NP-40: rules with ports do not admit ICMP (corner case 24)", async () => {
    await scene.enforce(allowing(`{ ports: [
      { protocol: TCP }, { protocol: UDP }, { protocol: SCTP }
    ] }`));
    await assertPackets(scene, {
      allowed: ways.flatMap((way) => [`${way}:80`, `${way}:80/UDP`, `${way}:80/SCTP`]),
      denied: ways.map((way) => `${way} ICMP`),
    });
  });
  await t.step("NP-40: rules without ports admit ICMP and all else from their peers", async () => {
    await scene.enforce(allowing("{}"));
    await assertPackets(scene, { allowed: ways.flatMap(byEveryProtocol) });
    const toBob =
      "{ PEERS: [{ podSelector: {}, namespaceSelector: { matchLabels: { team: b } } }] }";
    const [ingress, egress] = ["from", "to"].map((word) => toBob.replace("PEERS", word));
    await scene.enforce(both(ingress ?? "", egress ?? ""));
    const isBob = (way: string): boolean => way.includes("b/3");
    await assertPackets(scene, {
      allowed: ways.filter(isBob).flatMap(byEveryProtocol),
      denied: ways.filter((way) => !isBob(way)).flatMap(byEveryProtocol),
    });
  });
  await t.step("NP-10: of many lists of ports each is open to its own peers alone", async () => {
    const alice = "{ podSelector: { matchLabels: { app: '2' } } }";
    const bob = "{ podSelector: {}, namespaceSelector: { matchLabels: { team: b } } }";
    const others = Array.from({ length: 9 }, (_, i) => {
      return `{ PEERS: [{ ipBlock: { cidr: 198.51.100.${i}/32 } }], ports: [{ port: ${i + 81} }] }`;
    });
    const rules = [
      `{ PEERS: [${alice}], ports: [{ port: 80 }] }`,
      `{ PEERS: [${bob}], ports: [{ port: 60, endPort: 99, protocol: SCTP }] }`,
      `{ PEERS: [${alice}], ports: [{ port: 53, protocol: UDP }, { port: 80, protocol: UDP }] }`,
      `{ PEERS: [${bob}], ports: [{ port: 80, protocol: UDP }] }`,
      ...others,
    ].join();
    const [ingress, egress] = ["from", "to"].map((word) => rules.replaceAll("PEERS", word));
    await scene.enforce(both(ingress ?? "", egress ?? ""));
    const [a, b] = ["a/2", "b/3"].map((peer) => ways.filter((way) => way.includes(peer)));
    assert.ok(a !== undefined && b !== undefined);
    await assertPackets(scene, {
      allowed: [
        ...a.flatMap((way) => [`${way}:80`, `${way}:80/UDP`]),
        ...b.flatMap((way) => [`${way}:80/SCTP`, `${way}:80/UDP`]),
      ],
      denied: [
        ...a.map((way) => `${way}:80/SCTP`),
        ...b.flatMap((way) => [`${way}:80`, `${way}:53/UDP`, `${way}:59/SCTP`]),
        ...[...a, ...b].flatMap((way) => [`${way}:85`, `${way}:53`, `${way} ICMP`]),
      ],
    });
  });
});
