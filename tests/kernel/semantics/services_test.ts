import type { IpAddress } from "../../../lib/model/address.ts";
import { protocols } from "../../../lib/model/port.ts";
import type { Backend } from "../../lab/services.ts";
import type { Host } from "../../lab/topology.ts";
import { PORT, twoNodes } from "../two_nodes.ts";
import { assertPackets } from "./ask.ts";
import { Scene } from "./scene.ts";

/** The services' addresses: of one whose backend is b/3, of a/1 itself, of node n1. */
const virtual = {
  far: ["10.96.0.10", "fd00:10:96::10"],
  itself: ["10.96.0.11", "fd00:10:96::11"],
  node: ["10.96.0.12", "fd00:10:96::12"],
} as const;
const SERVICE_PORT = 8080;

/** A connection to a service in both families, by every protocol of services. */
function to(name: keyof typeof virtual, from = "a/1"): readonly string[] {
  return virtual[name].flatMap((address) =>
    ["TCP", "UDP", "SCTP"].map((protocol) => `${from} > ${address}:${SERVICE_PORT}/${protocol}`)
  );
}

/** Pod a/1 may open nothing but this. */
function egress(rules: string): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: egress }
spec:
  podSelector: { matchLabels: { app: "1" } }
  policyTypes: [Egress]
  egress: [${rules}]
`;
}

/** A port by every protocol of services. */
function ports(port: number): string {
  const items = protocols.map((protocol) => `{ port: ${port}, protocol: ${protocol} }`);
  return `ports: [${items.join(", ")}]`;
}

const toPod3 = "to: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: '3' } } }]";

Deno.test("services, by real packets", async (t) => {
  await using scene = await Scene.create();
  const backends = (host: Host): readonly Backend[] =>
    host.addresses.map((address) => ({ address, port: PORT }));
  const places = { far: scene.host("b/3"), itself: scene.host("a/1"), node: scene.host("n1") };
  await scene.lab.network.setServices(
    Object.entries(places).flatMap(([name, host]) =>
      protocols.map((protocol) => ({
        addresses: virtual[name as keyof typeof virtual] as unknown as readonly IpAddress[],
        ...{ protocol, port: SERVICE_PORT, backends: backends(host) },
      }))
    ),
  );

  await t.step(
    "NP-50: what counts is the backend and the port at the backend (corner cases 11 and 13)",
    async () => {
      await scene.enforce(egress(`{ ${toPod3}, ${ports(PORT)} }`));
      await assertPackets(scene, { allowed: to("far"), denied: [...to("node"), ...to("itself")] });
      const [ipv4, ipv6] = places.far.addresses;
      const blocks =
        `to: [{ ipBlock: { cidr: ${ipv4}/32 } }, { ipBlock: { cidr: "${ipv6}/128" } }]`;
      await scene.enforce(egress(`{ ${blocks}, ${ports(PORT)} }`));
      await assertPackets(scene, { allowed: to("far"), denied: to("node") });
    },
  );
  await t.step("NP-50: the service's own port is none of the backend's", async () => {
    await scene.enforce(egress(`{ ${toPod3}, ${ports(SERVICE_PORT)} }`));
    await assertPackets(scene, { denied: to("far") });
  });
  await t.step("NP-51: a block of service addresses matches nothing (corner case 12)", async () => {
    const blocks =
      `to: [{ ipBlock: { cidr: 10.96.0.0/16 } }, { ipBlock: { cidr: "fd00:10:96::/112" } }]`;
    await scene.enforce(egress(`{ ${blocks} }`));
    await assertPackets(scene, { denied: [...to("far"), ...to("node"), ...to("itself")] });
  });
  await t.step(
    "NP-47: a service that leads to the pod's own node is judged as the node",
    async () => {
      const [ipv4, ipv6] = places.node.addresses;
      const blocks =
        `to: [{ ipBlock: { cidr: ${ipv4}/32 } }, { ipBlock: { cidr: "${ipv6}/128" } }]`;
      await scene.enforce(egress(`{ ${blocks}, ${ports(PORT)} }`));
      await assertPackets(scene, { allowed: to("node"), denied: to("far") });
    },
  );
  await t.step(
    "NP-49: a pod that reaches itself by a service is judged as itself (corner case 35)",
    async () => {
      const itself = `{ ${"PEERS"}: [{ podSelector: { matchLabels: { app: "1" } } }], ${
        ports(PORT)
      } }`;
      const policy = (ingress: string, egress: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: itself }
spec:
  podSelector: { matchLabels: { app: "1" } }
  policyTypes: [Ingress, Egress]
  ingress: [${ingress.replace("PEERS", "from")}]
  egress: [${egress.replace("PEERS", "to")}]
`;
      await scene.enforce(policy(itself, itself));
      await assertPackets(scene, {
        allowed: to("itself"),
        denied: ["a/2 > a/1:80", "a/1 > a/2:80"],
      });
      await scene.enforce(policy("", itself));
      await assertPackets(scene, { denied: to("itself") });
      await scene.enforce(policy(itself, ""));
      await assertPackets(scene, { denied: to("itself") });
      await scene.enforce("");
      await assertPackets(scene, { allowed: to("itself") });
    },
  );
});

/** Port 30080 of every node leads to pod a/1; what comes from elsewhere gets the node's address. */
const nodePort = (["ip", "ip6"] as const).map((ip) => {
  const target = ip === "ip" ? "10.244.1.2" : "[fd00:10:244:1::2]";
  return `table ${ip} node-port {
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    meta l4proto { tcp, udp, sctp } th dport 30080 fib daddr type local meta mark set 1 dnat to ${target}:${PORT}
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    meta mark 1 masquerade
  }
}`;
}).join("\n");

Deno.test("NP-52: sources that are rewritten on their way, by real packets", async (t) => {
  await using scene = await Scene.create({ topology: { ...twoNodes, masquerade: true } });
  for (const node of ["n1", "n2"]) await scene.lab.network.nft(node, nodePort);
  const ways = (text: string): readonly string[] =>
    ["TCP", "UDP", "SCTP"].map((p) => `${text}/${p}`);
  const from = (host: Host): string => {
    const [ipv4, ipv6] = host.addresses;
    return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: from-${host.name} }
spec:
  podSelector: { matchLabels: { app: "1" } }
  policyTypes: [Ingress]
  ingress:
    - from: [{ ipBlock: { cidr: ${ipv4}/32 } }, { ipBlock: { cidr: "${ipv6}/128" } }]
      ports: [{ port: 80 }, { port: 80, protocol: UDP }, { port: 80, protocol: SCTP }]
`;
  };
  await t.step(
    "NP-52: the pod's own node still sees the client, another has put itself in its place",
    async () => {
      await scene.enforce(from(scene.host("outside")));
      await assertPackets(scene, {
        allowed: ways("outside > n1:30080"),
        denied: ways("outside > n2:30080"),
      });
      await scene.enforce(from(scene.host("n2")));
      await assertPackets(scene, {
        allowed: ways("outside > n2:30080"),
        denied: ways("outside > n1:30080"),
      });
    },
  );
  await t.step("NP-52: the entry node's address does not make a client the node", async () => {
    await scene.enforce(from(scene.host("n1")));
    await assertPackets(scene, {
      allowed: ways("n1 > a/1:80"),
      denied: [...ways("outside > n1:30080"), ...ways("outside > n2:30080")],
    });
  });
  await t.step("NP-52: what leaves with its node's address is judged as the pod", async () => {
    const [ipv4, ipv6] = scene.host("outside").addresses;
    const policy = egress(
      `{ to: [{ ipBlock: { cidr: ${ipv4}/32 } }, { ipBlock: { cidr: "${ipv6}/128" } }], ${
        ports(PORT)
      } }`,
    );
    await scene.enforce(policy);
    await assertPackets(scene, {
      allowed: ways("a/1 > outside:80"),
      denied: ["a/1 > outside ICMP", ...ways("a/1 > b/3:80")],
    });
    await scene.enforce(egress(""));
    await assertPackets(scene, {
      allowed: ways("a/2 > outside:80"),
      denied: ways("a/1 > outside:80"),
    });
  });
});
