import { equal, match } from "node:assert/strict";
import { families, type Family, type IpAddress } from "../../../lib/model/address.ts";
import { type Ends, icmpPacket, tcpFlags, tcpPacket, udpPacket } from "../../lab/packet.ts";
import { addressOf, type Host } from "../../lab/topology.ts";
import { nft } from "../../lab/tool.ts";
import { without } from "../semantics/table.ts";
import { PORT } from "../two_nodes.ts";
import { arrivals, assertArrives, assertStopped, type Attack, NODE } from "./attack.ts";
import { type Cast, castOf, createAttackScene, isolated } from "./cast.ts";
import { filterReversePaths } from "./reverse_paths.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const guard = without(NODE, "prerouting", /^iifname @guarded goto sources$/);

/** Alice hears nobody but Bob. */
const aliceHearsBob = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: from-bob }
spec:
  podSelector: { matchLabels: { app: alice } }
  policyTypes: [Ingress]
  ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: b } } }] }]
`;

/**
 * Addresses that no pod has: of another node's pods' range, of the outside. IPv4 knows by itself
 * that a node's own address does not come in.
 */
function othersOf({ node }: Cast, family: Family): readonly IpAddress[] {
  const addresses = family === "IPv4"
    ? ["10.244.2.77", "203.0.113.77"]
    : ["fd00:10:244:2::77", "2001:db8:113::77", addressOf(node, "IPv6")];
  return addresses as IpAddress[];
}

/** Whoever gets a packet keeps silent: an answer to nobody would come back as an error about it. */
const muteScript = `table inet mute {
  chain output {
    type filter hook output priority filter; policy drop;
    udp sport ${PORT} accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
  }
}`;

for (const rpFilter of ["0", "2"]) {
  Deno.test(`nothing leaves a pod with a foreign source, with rp_filter ${rpFilter}`, async (t) => {
    await using scene = await createAttackScene(isolated + aliceHearsBob);
    const cast = castOf(scene);
    for (const pod of [cast.mallory, cast.alice]) await scene.announce(pod);
    await filterReversePaths(scene, rpFilter);
    for (const host of [cast.alice, cast.outside]) await nft(host.netns, muteScript);
    for (const family of families) {
      await t.step(`to evade its own policy, over ${family}`, async () => {
        const sources = [...othersOf(cast, family), addressOf(cast.alice, family)];
        await assertStopped(scene, spoofed(cast, { to: cast.outside, family, sources }), guard);
      });
      await t.step(`to pass for a peer, over ${family}`, async () => {
        const sources = [addressOf(cast.bob, family)];
        await assertStopped(scene, spoofed(cast, { to: cast.alice, family, sources }), guard);
      });
    }
  });
}

for (const family of families) {
  Deno.test(`the first ADD on a node is answered when no foreign source passes any more, over ${family}`, async () => {
    await using scene = await createAttackScene();
    const cast = castOf(scene);
    await filterReversePaths(scene, "0");
    await nft(cast.outside.netns, muteScript);
    const sources = [addressOf(cast.alice, family)];
    const attack = spoofed(cast, { to: cast.outside, family, sources });
    await assertArrives(scene, attack);
    const announced = { ...attack, before: () => scene.announce(cast.mallory) };
    equal(await arrivals(scene, announced), 0, "arrive after the answer");
  });
}

interface Spoofing {
  readonly to: Host;
  readonly family: Family;
  readonly sources: readonly IpAddress[];
}

/** From each source a packet of each protocol. */
function spoofed({ mallory }: Cast, { to, family, sources }: Spoofing): Attack {
  const destination = addressOf(to, family);
  return {
    ...{ from: mallory, to: destination, family, at: to },
    packets: (marker) =>
      sources.flatMap((source) => ofEachProtocol({ source, destination }, marker)),
  };
}

function ofEachProtocol(ends: Ends, payload: Bytes): readonly Bytes[] {
  const ports = { sourcePort: 5000, destinationPort: 9 };
  const echo = ends.source.includes(":") ? 128 : 8;
  return [
    tcpPacket(ends, ports, { flags: tcpFlags.SYN, payload }),
    udpPacket(ends, ports, payload),
    icmpPacket(ends, { type: echo, payload }),
  ];
}

Deno.test("--anti-spoof=off lets packets leave with foreign sources, and says so", async () => {
  await using scene = await createAttackScene(isolated, ["--anti-spoof=off"]);
  const cast = castOf(scene);
  await scene.announce(cast.mallory);
  await filterReversePaths(scene, "0");
  await nft(cast.outside.netns, muteScript);
  for (const family of families) {
    const sources = [addressOf(cast.alice, family)];
    await assertArrives(scene, spoofed(cast, { to: cast.outside, family, sources }));
  }
  match((await scene.agent(NODE).get("/readyz")).body, /^note: --anti-spoof=off/m);
});
