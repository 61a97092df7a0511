import { icmpPacket } from "../../lab/packet.ts";
import { addressOf } from "../../lab/topology.ts";
import type { ChainEdit } from "../semantics/table.ts";
import { assertStopped, type Attack, NODE } from "./attack.ts";
import { castOf, createAttackScene, ends } from "./cast.ts";

/** Router and neighbour solicitations and advertisements, redirects. */
const types = [133, 134, 135, 136, 137];

/** The exemption without its hop limit. */
const anyHopLimit: ChainEdit = {
  node: NODE,
  chain: "forward-ip6",
  edit: (rules) => rules.map((rule) => rule.replace(/^ip6 hoplimit 255 icmpv6/, "icmpv6")),
};

Deno.test("NP-40: what looks like neighbour discovery is no channel through the node", async (t) => {
  await using scene = await createAttackScene();
  const { mallory, outside, alice } = castOf(scene);
  const channel = (from: typeof mallory, to: typeof mallory): Attack => ({
    ...{ from, at: to, to: addressOf(to, "IPv6"), family: "IPv6" },
    packets: (marker) =>
      types.flatMap((type) =>
        [64, 254, 255].map((hops) =>
          icmpPacket(ends(from, to, "IPv6"), { type, payload: marker }, hops)
        )
      ),
  });
  await t.step("out of an isolated pod, with any hop limit", async () => {
    await assertStopped(scene, channel(mallory, outside), anyHopLimit);
    await assertStopped(scene, channel(mallory, alice), anyHopLimit);
  });
  await t.step("into an isolated pod, with any hop limit", async () => {
    await assertStopped(scene, channel(outside, mallory), anyHopLimit);
    await assertStopped(scene, channel(alice, mallory), anyHopLimit);
  });
});
