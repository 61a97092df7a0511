import assert from "node:assert/strict";
import { icmpPacket, protocolNumbers } from "../../lab/packet.ts";
import { linkLocal } from "../../lab/link_addresses.ts";
import { runTool } from "../../lab/tool.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { Outcome } from "../../lab/traffic_calls.ts";
import { edited, without } from "../semantics/table.ts";
import { both } from "../two_nodes.ts";
import { assertArrives, NODE } from "./attack.ts";
import { castOf, createAttackScene } from "./cast.ts";

/** Nobody may do anything, but Alice may talk to Bob. */
const nearlyNothing = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: nothing }
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: alice-to-bob }
spec:
  podSelector: { matchLabels: { app: alice } }
  policyTypes: [Egress]
  egress:
    - to: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: bob } } }]
      ports: [{ port: 80, protocol: TCP }]
`;

Deno.test("NP-40: genuine neighbour discovery and multicast listening work where all else is denied", async (t) => {
  await using scene = await createAttackScene(nearlyNothing);
  const { alice, bob, node } = castOf(scene);
  const ask = async (): Promise<readonly Outcome[]> => {
    for (const { netns } of [alice, bob, node]) {
      await runTool("ip", ["-6", "neigh", "flush", "all"], { netns });
    }
    return await scene.traffic.probeAll([
      ...both(alice, bob, "TCP"),
      ...both(node, alice, "TCP"),
      ...both(alice, bob, "UDP"),
    ]);
  };
  await t.step(
    "a pod and its node find each other again who have forgotten each other",
    async () => {
      const denied: readonly Outcome[] = ["timeout", "timeout"];
      assert.deepEqual(await ask(), ["open", "open", "open", "open", ...denied]);
      const discovery = without(NODE, "input", /icmpv6 type .*nd-neighbor-solicit/);
      await edited(scene, discovery, async () => {
        const [ipv4, ipv6] = await ask();
        assert.deepEqual([ipv4, ipv6], ["open", "timeout"]);
      });
    },
  );
  await t.step("a pod's node learns what it listens to", async () => {
    const ends = { source: await linkLocal(alice), destination: "ff02::2" as IpAddress };
    await assertArrives(scene, {
      ...{ from: alice, to: ends.destination, device: "eth0", family: "IPv6" },
      packets: (marker) =>
        [130, 131, 132, 143].map((type) => icmpPacket(ends, { type, payload: marker }, 1)),
      ...{ at: node, protocol: protocolNumbers.ICMPv6 },
    });
  });
});
