import assert from "node:assert/strict";
import { familyOf, type IpAddress } from "../../../lib/model/address.ts";
import { until } from "../../lab/clock.ts";
import { ipBatch, runTool } from "../../lab/tool.ts";
import { addressOf, type Host } from "../../lab/topology.ts";
import { probeProtocols } from "../../lab/traffic_calls.ts";
import { both, PORT } from "../two_nodes.ts";
import { assertPackets, byEveryProtocol } from "./ask.ts";
import { Scene } from "./scene.ts";
import { edited, without } from "./table.ts";

/** Nothing is allowed to and from pod a/1, which is on n1. */
const isolated = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: isolated }
spec:
  podSelector: { matchLabels: { app: "1" } }
  policyTypes: [Ingress, Egress]
`;

/** Addresses that the node has besides that of its link. */
const more = ["192.0.2.7", "2001:db8:2::7"] as IpAddress[];

Deno.test("a pod and its own node, by real packets", async (t) => {
  await using scene = await Scene.create();
  const [pod, node] = [scene.host("a/1"), scene.host("n1")];
  const [ipv4, ipv6] = node.addresses;
  await ipBatch(node.netns, more.map((address) => `addr add ${address} dev eth0`));
  await scene.enforce(isolated);

  await t.step(
    "NP-46: the node reaches an isolated pod from every address that it has",
    async () => {
      for (const source of [...more, ...node.addresses]) {
        await sendFrom(node, pod, source);
        const questions = probeProtocols.flatMap((protocol) => both(node, pod, protocol))
          .filter(({ to }) => familyOf(to as IpAddress) === familyOf(source));
        const outcomes = await scene.traffic.probeAll(questions);
        assert.deepEqual(outcomes, ["open", "open", "open", "open"], source);
      }
    },
  );
  await t.step("NP-46: nobody else does, other nodes included", async () => {
    const others = ["n2", "outside", "a/2", "b/3"];
    await assertPackets(scene, {
      denied: others.flatMap((name) => byEveryProtocol(`${name} > a/1`)),
    });
  });
  await t.step("NP-47: an isolated pod does not reach its node, at whatever address", async () => {
    // A server of UDP answers by the address that its route prefers, and so only by one of them.
    const ways = (pod: string): readonly string[] => [
      ...byEveryProtocol(`${pod} > n1`),
      ...more.flatMap((to) => [`${pod} > ${to}:80`, `${pod} > ${to} ICMP`]),
    ];
    await assertPackets(scene, { allowed: ways("a/2"), denied: ways("a/1") });
  });
  await t.step("NP-48: an isolated pod reaches itself at its own address", async () => {
    await assertPackets(scene, { allowed: byEveryProtocol("a/1 > a/1") });
  });
  await t.step(
    "NP-47: it reaches what policies allow of its node, by address and port",
    async () => {
      await scene.enforce(`${isolated}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: to-node }
spec:
  podSelector: { matchLabels: { app: "1" } }
  policyTypes: [Egress]
  egress:
    - to: [{ ipBlock: { cidr: ${ipv4}/32 } }, { ipBlock: { cidr: "${ipv6}/128" } }]
      ports: [{ port: ${PORT}, protocol: TCP }, { port: ${PORT}, protocol: UDP }]
`);
      await assertPackets(scene, {
        allowed: ["a/1 > n1:80", "a/1 > n1:80/UDP"],
        denied: [
          "a/1 > n1:80/SCTP",
          "a/1 > n1 ICMP",
          "a/1 > n2:80",
          ...more.map((to) => `a/1 > ${to}:80`),
        ],
      });
    },
  );
  await t.step(
    "NP-47: what the node sends ends with the policy that let the pod ask for it",
    async () => {
      const open = { from: pod, to: addressOf(node, "IPv4"), port: PORT, intervalMs: 2 };
      await using tcp = await scene.traffic.open({ ...open, protocol: "TCP" });
      await using udp = await scene.traffic.open({ ...open, protocol: "UDP" });
      await scene.enforce(isolated);
      await Promise.all([tcp.silent(50), udp.silent(50)]);
      const { client: { received } } = await udp.report();
      // The node sends on; it is the output chain that drops it.
      const judging = without(
        "n1",
        "output",
        /^ct direction reply ct original ip saddr vmap @egress4$/,
      );
      await edited(
        scene,
        judging,
        () =>
          until(
            "the stream is heard again",
            async () => (await udp.report()).client.received > received,
          ),
      );
    },
  );
});

/** Makes an address the one by which a node sends to a pod of its own. */
async function sendFrom(node: Host, pod: Host, source: IpAddress): Promise<void> {
  const { netns } = node;
  const target = addressOf(pod, familyOf(source));
  const route = await runTool("ip", ["-o", "route", "get", target], { netns });
  const device = / dev (\S+)/.exec(route)?.[1];
  await ipBatch(netns, [`route replace ${target} dev ${device} src ${source}`]);
}
