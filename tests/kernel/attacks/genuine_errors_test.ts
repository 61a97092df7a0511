import assert from "node:assert/strict";
import { families } from "../../../lib/model/address.ts";
import { ipBatch, runTool } from "../../lab/tool.ts";
import { addressOf } from "../../lab/topology.ts";
import { encodeMessage, messageKinds } from "../../lab/wire.ts";
import { without } from "../semantics/table.ts";
import { PORT } from "../two_nodes.ts";
import { assertNeeds, type Attack, NODE } from "./attack.ts";
import { castOf, createAttackScene } from "./cast.ts";
import { type Conversation, icmpNumber, request, words } from "./icmp_errors.ts";
import { unfragmentable } from "./packets.ts";
import { upload } from "./upload.ts";

/** A port that policies allow and nobody serves. */
const CLOSED = 81;
/** A port of TCP that takes what it is given. */
const UPLOAD = 8081;
const ports = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: ports }
spec:
  podSelector: { matchLabels: { app: mallory } }
  policyTypes: [Ingress, Egress]
  ingress:
    - ports: [{ port: ${CLOSED}, protocol: UDP }]
  egress:
    - ports: [{ port: ${PORT}, protocol: UDP }, { port: ${UPLOAD}, protocol: TCP }]
`;

Deno.test("NP-41: genuine ICMP errors about an isolated pod's allowed connections pass", async (t) => {
  await using scene = await createAttackScene(ports);
  const { mallory, node, outside } = castOf(scene);
  for (const family of families) {
    const [ip, suffix] = words(family);
    const own = (end: "original" | "reply") =>
      without(NODE, "related", RegExp(`^${ip} saddr \\. ct ${end} .* @self${suffix} accept$`));
    const goto = without(NODE, "unusual", /^ct state related .* goto related$/);
    const toOutside = { client: mallory, server: outside, serverPort: PORT, family };
    const fromOutside = { client: outside, server: mallory, serverPort: CLOSED, family };

    await t.step(`"packet too big" from a router on the way, over ${family}`, async () => {
      await ipBatch(scene.host("fabric").netns, ["link set outside mtu 1300"]);
      await assertNeeds(scene, tooBig(toOutside), goto);
      await ipBatch(scene.host("fabric").netns, ["link set outside mtu 1500"]);
    });
    await t.step(`"packet too big" from the pod's own node, over ${family}`, async () => {
      await ipBatch(node.netns, ["link set eth0 mtu 1300"]);
      const output = without(NODE, "output", /^ct state related .* accept$/);
      await assertNeeds(scene, tooBig(toOutside), output);
      await ipBatch(node.netns, ["link set eth0 mtu 1500"]);
    });
    await t.step(
      `a TCP upload gets through a link that is too narrow, over ${family}`,
      async () => {
        await ipBatch(scene.host("fabric").netns, ["link set outside mtu 1300"]);
        const to = { address: addressOf(outside, family), port: UPLOAD };
        await upload({ from: mallory.netns, at: outside.netns, to }, 200_000);
        const route = await runTool("ip", ["-o", "route", "get", to.address], {
          netns: mallory.netns,
        });
        assert.match(route, /mtu 1300/, "the pod has learnt how wide the way is");
        await ipBatch(scene.host("fabric").netns, ["link set outside mtu 1500"]);
      },
    );
    await t.step(`"port unreachable" from the pod to a client, over ${family}`, async () => {
      await assertNeeds(scene, refused(fromOutside), own("reply"));
    });
    await t.step(`"port unreachable" from the pod to its node, over ${family}`, async () => {
      await assertNeeds(scene, refused({ ...fromOutside, client: node }), own("reply"));
    });
    await t.step(`"port unreachable" from the pod to a server, over ${family}`, async () => {
      await assertNeeds(scene, unwanted(toOutside), own("original"));
    });
  }
});

/** A client's packet for which some link is too narrow: the error comes back to the client. */
function tooBig(conversation: Conversation): Attack {
  return complaint(conversation, (marker) => {
    const data = new Uint8Array(1400);
    data.set(marker);
    return unfragmentable(request(conversation, data));
  });
}

/** A client's packet to a port that nobody serves: the error comes back to the client. */
function refused(conversation: Conversation): Attack {
  return complaint(conversation, (marker) => request(conversation, marker));
}

/** A request whose client is gone when the answer comes: the error goes to the server. */
function unwanted(conversation: Conversation): Attack {
  const question = encodeMessage({ kind: messageKinds.probe, subject: 1, sequence: 0 });
  const attack = complaint(
    conversation,
    (marker) => request(conversation, Uint8Array.from([...question, ...marker])),
  );
  return { ...attack, at: conversation.server };
}

type Bytes = Uint8Array<ArrayBuffer>;

function complaint(conversation: Conversation, packet: (marker: Bytes) => Bytes): Attack {
  const { client, server, family } = conversation;
  return {
    ...{ from: client, to: addressOf(server, family), family },
    packets: (marker) => [packet(marker)],
    at: client,
    protocol: icmpNumber(family),
  };
}
