import { assertPackets, byEveryProtocol } from "./ask.ts";
import { Scene } from "./scene.ts";

/** Pod a/1 may be reached, and may reach, as the rule's other half says. */
function allowing(rule: string): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: rule }
spec:
  podSelector: { matchLabels: { app: "1" } }
  policyTypes: [Ingress, Egress]
  ingress: [${rule}]
  egress: [${rule}]
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
    await scene.enforce(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: rule }
spec:
  podSelector: { matchLabels: { app: "1" } }
  policyTypes: [Ingress, Egress]
  ingress: [${ingress}]
  egress: [${egress}]
`);
    const isBob = (way: string): boolean => way.includes("b/3");
    await assertPackets(scene, {
      allowed: ways.filter(isBob).flatMap(byEveryProtocol),
      denied: ways.filter((way) => !isBob(way)).flatMap(byEveryProtocol),
    });
  });
});
