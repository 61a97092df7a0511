import assert from "node:assert/strict";
import { families, familyOf, type IpAddress } from "../../../lib/model/address.ts";
import { ipBatch, runTool } from "../../lab/tool.ts";
import { addressOf, type Host } from "../../lab/topology.ts";
import { probeProtocols } from "../../lab/traffic_calls.ts";
import { edited, without } from "./table.ts";
import { both, createLab, PORT } from "../two_nodes.ts";
import { assertPackets } from "./ask.ts";
import { Scene } from "./scene.ts";

/** Nothing is allowed to and from pod a/1, which is on n1. */
const isolated = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: isolated }
spec:
  podSelector: { matchLabels: { app: "1" } }
  policyTypes: [Ingress, Egress]
`;

Deno.test("NP-46 and NP-47: a pod and its own node", async (t) => {
  await using scene = await Scene.create();
  await scene.enforce(isolated);
  const [pod, node] = [scene.host("a/1"), scene.host("n1")];

  await t.step("NP-46: the node reaches an isolated pod from every address that it has", async () => {
    const more = ["192.0.2.7", "2001:db8:2::7"] as IpAddress[];
    await ipBatch(node.netns, more.map((address) => `addr add ${address} dev lo`));
    for (const source of [...node.addresses, ...more]) {
      await sendFrom(node, pod, source);
      const questions = probeProtocols.flatMap((protocol) => both(node, pod, protocol))
        .filter(({ to }) => familyOf(to as IpAddress) === familyOf(source));
      const outcomes = await scene.traffic.probeAll(questions);
      assert.deepEqual(outcomes, ["open", "open", "open", "open"], source);
    }
  });
  await t.step("NP-46: other nodes, and everybody else, do not", async () => {
    await assertPackets(scene, {
      denied: ["n2", "outside", "a/2", "b/3"].flatMap((from) => everyProtocol(`${from} > a/1`)),
    });
  });
  await t.step("NP-47: an isolated pod does not reach its node, at whatever address", async () => {
    const addresses = ["n1", "192.0.2.7", "2001:db8:2::7"];
    await assertPackets(scene, {
      denied: addresses.flatMap((to) => everyProtocol(`a/1 > ${to}`)),
      allowed: addresses.flatMap((to) => everyProtocol(`a/2 > ${to}`)),
    });
  });
});
