import { families } from "../../../lib/model/address.ts";
import { without } from "../semantics/table.ts";
import { PORT } from "../two_nodes.ts";
import { assertStopped, NODE } from "./attack.ts";
import { castOf, createAttackScene } from "./cast.ts";
import { begin, errorsAbout, words } from "./icmp_errors.ts";

/** Mallory may talk to everybody's server, and nothing else. */
const clientOnly = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: client-only }
spec:
  podSelector: { matchLabels: { app: mallory } }
  policyTypes: [Ingress, Egress]
  egress:
    - ports: [{ port: 80, protocol: UDP }]
`;

Deno.test("NP-41: an ICMP error about another's connection is forged, and goes nowhere", async (t) => {
  await using scene = await createAttackScene(clientOnly);
  const { mallory, alice, bob, node, outside } = castOf(scene);
  for (const family of families) {
    const [ip, suffix] = words(family);
    const drop = without(NODE, "related", RegExp(`^${ip} saddr @policed${suffix} counter drop$`));
    const neighbours = { client: alice, server: bob, serverPort: PORT, family };
    await t.step(`to either end of a neighbour's connection, over ${family}`, async () => {
      await begin(scene, neighbours);
      for (const to of [alice, bob]) {
        await assertStopped(scene, errorsAbout({ from: mallory, to, about: neighbours }), drop);
      }
    });
    await t.step(`to the node, about the node's connection, over ${family}`, async () => {
      const about = { ...neighbours, client: node };
      await begin(scene, about);
      await assertStopped(scene, errorsAbout({ from: mallory, to: node, about }), drop);
    });
    await t.step(`nor one about its own, but to a third, over ${family}`, async () => {
      const about = { ...neighbours, client: mallory };
      await begin(scene, about);
      const untracked = without(NODE, "unusual", /^ct state invalid,untracked jump untracked$/);
      const errors = errorsAbout({ from: mallory, to: outside, about });
      await assertStopped(scene, errors, untracked);
    });
  }
});
