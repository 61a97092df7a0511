import assert from "node:assert/strict";
import { difference } from "../../lib/render/difference.ts";
import { both, createLab } from "../kernel/two_nodes.ts";
import { probeProtocols } from "../lab/traffic_calls.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import { testedNode } from "../walk/node.ts";
import { namespace, pod, policy } from "./objects.ts";

Deno.test("NP-48: a pod reaches its own addresses where nothing else is allowed, with real packets", async () => {
  await using lab = await createLab();
  const [closed, peer] = [lab.host("a/1"), lab.host("a/2")];
  const objects = [
    namespace("a"),
    pod("a/1", { node: "n1", ips: closed.addresses }),
    policy("a/closed", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
  ];
  const { listing } = testedNode("n1", stateOf(decodeObjects(objects), "n1"));
  for (const transaction of difference(undefined, listing)) {
    await lab.network.nft("n1", transaction.join("\n"));
  }
  const probe = (from: typeof closed, to: typeof closed): Promise<readonly string[]> =>
    lab.traffic.probeAll(probeProtocols.flatMap((protocol) => both(from, to, protocol)));
  assert.deepEqual(new Set(await probe(closed, closed)), new Set(["open"]));
  assert.deepEqual(new Set(await probe(closed, peer)), new Set(["timeout"]));
  assert.deepEqual(new Set(await probe(peer, closed)), new Set(["timeout"]));
});
