import { stringify } from "yaml";
import type { IpAddress } from "../../../lib/model/address.ts";
import { protocols } from "../../../lib/model/port.ts";
import { type ApiObject, clusterPolicy, type Fields, node } from "../../spec/objects.ts";
import { PORT } from "../two_nodes.ts";
import { assertPackets, byEveryProtocol } from "./ask.ts";
import { Scene } from "./scene.ts";

const pods = (team: string, app?: string): Fields => ({
  pods: {
    namespaceSelector: { matchLabels: { team } },
    podSelector: app === undefined ? {} : { matchLabels: { app } },
  },
});
const anyPod: Fields = { namespaces: {} };
const anywhere: Fields = { networks: ["0.0.0.0/0", "::/0"] };
const port = (protocol: string, number: number): Fields => ({
  [protocol.toLowerCase()]: { destinationPort: { number } },
});

/** Writes policies about a/1, and the nodes; those on the edge have another label. */
async function enforce(scene: Scene, ...policies: readonly ApiObject[]): Promise<void> {
  const nodes = ["n1", "n2"].map((name) => {
    const role = edge.has(name) ? "edge" : "core";
    return node(name, { labels: { node: name, role }, ips: scene.host(name).addresses });
  });
  await scene.enforce([...nodes, ...policies].map((object) => stringify(object)).join("---\n"));
}

function about(tier: string, spec: Fields, name = "p"): ApiObject {
  return clusterPolicy(name, { tier, subject: pods("a", "1"), ...spec });
}

const edge = new Set<string>();

const virtual = {
  far: ["10.96.0.10", "fd00:10:96::10"],
  itself: ["10.96.0.11", "fd00:10:96::11"],
} as const;
const to = (name: keyof typeof virtual): readonly string[] =>
  virtual[name].flatMap((ip) => protocols.map((p) => `a/1 > ${ip}:8080/${p}`));

const network = (scene: Scene, name: string): Fields => ({
  networks: scene.host(name).addresses.map((ip) => `${ip}/${ip.includes(":") ? 128 : 32}`),
});

Deno.test("the tiers of ClusterNetworkPolicy, by real packets", async (t) => {
  await using scene = await Scene.create();
  scene.describe(scene.host("b/3"), {
    ports: [
      { name: "web", containerPort: PORT },
      { name: "web", containerPort: PORT, protocol: "SCTP" },
    ],
  });
  scene.describe(scene.host("b/4"), {
    ports: [{ name: "web", containerPort: PORT, protocol: "UDP" }],
  });
  scene.describe(scene.host("a/1"), {
    ports: [{ name: "web", containerPort: PORT, protocol: "UDP" }],
  });
  const hosts = { far: scene.host("b/3"), itself: scene.host("a/1") };
  await scene.lab.network.setServices(
    (["far", "itself"] as const).flatMap((name) =>
      protocols.map((protocol) => ({
        addresses: virtual[name] as unknown as readonly IpAddress[],
        ...{ protocol, port: 8080 },
        backends: hosts[name].addresses.map((address) => ({ address, port: PORT })),
      }))
    ),
  );
  for (const tier of ["Admin", "Baseline"]) {
    await t.step(
      `${tier}: CNP-12: nodes, the own one too, by every address, and nobody else`,
      async () => {
        const n1 = { nodes: { matchLabels: { node: "n1" } } };
        await enforce(scene, about(tier, { egress: [{ action: "Deny", to: [n1] }] }));
        await assertPackets(scene, {
          denied: byEveryProtocol("a/1 > n1"),
          allowed: ["a/1 > n2", "a/1 > b/3", "a/1 > outside", "a/2 > n1", "n1 > a/1"]
            .flatMap(byEveryProtocol),
        });
        await enforce(scene, about(tier, { egress: [{ action: "Deny", to: [{ nodes: {} }] }] }));
        await assertPackets(scene, {
          denied: ["a/1 > n1", "a/1 > n2"].flatMap(byEveryProtocol),
          allowed: ["a/1 > b/3", "a/1 > outside"].flatMap(byEveryProtocol),
        });
      },
    );
    await t.step(
      `${tier}: CNP-13 CNP-26: networks are pods, nodes and others, and their ICMP`,
      async () => {
        const list = ["b/3", "n1", "outside"];
        const peers = list.map((name) => network(scene, name));
        await enforce(scene, about(tier, { egress: [{ action: "Deny", to: peers }] }));
        await assertPackets(scene, {
          denied: list.flatMap((name) => byEveryProtocol(`a/1 > ${name}`)),
          allowed: ["a/1 > b/4", "a/1 > n2", "n1 > a/1", "b/3 > a/1", "outside > a/1"]
            .flatMap(byEveryProtocol),
        });
        const all = protocols.map((p) => ({
          [p.toLowerCase()]: { destinationPort: { range: { start: 1, end: 65535 } } },
        }));
        await enforce(
          scene,
          about(tier, { egress: [{ action: "Deny", to: [anywhere], protocols: all }] }),
        );
        await assertPackets(scene, {
          denied: ["b/3", "n1", "outside"].flatMap((name) => byEveryProtocol(`a/1 > ${name}`))
            .filter((text) => !text.includes("ICMP")),
          allowed: ["a/1 > b/3 ICMP", "a/1 > n1 ICMP", "a/1 > outside ICMP"],
        });
      },
    );
    await t.step(`${tier}: CNP-13: a Pass or Accept before is what an exception is`, async () => {
      for (const action of ["Accept", "Pass"]) {
        await enforce(
          scene,
          about(tier, {
            egress: [{ action, to: [network(scene, "b/3")] }, { action: "Deny", to: [anywhere] }],
          }),
        );
        await assertPackets(scene, {
          allowed: byEveryProtocol("a/1 > b/3"),
          denied: ["a/1 > b/4", "a/1 > n1", "a/1 > outside"].flatMap(byEveryProtocol),
        });
      }
    });
    await t.step(
      `${tier}: CNP-16: names, in whatever protocol the destination declares`,
      async () => {
        const protocols = [{ destinationNamedPort: "web" }];
        const egress = [{ action: "Deny", to: [pods("b"), anywhere], protocols }];
        const ingress = [{ action: "Deny", from: [anyPod], protocols }];
        await enforce(scene, about(tier, { egress, ingress }));
        await assertPackets(scene, {
          denied: ["a/1 > b/3:80", "a/1 > b/3:80/SCTP", "a/1 > b/4:80/UDP", "b/3 > a/1:80/UDP"],
          allowed: [
            ...["a/1 > b/3:80/UDP", "a/1 > b/4:80", "a/1 > b/4:80/SCTP", "a/1 > b/3 ICMP"],
            ...["a/1 > n1:80", "a/1 > outside:80", "b/3 > a/1:80", "b/3 > a/1:80/SCTP"],
            "outside > a/1:80/UDP",
          ],
        });
      },
    );
    await t.step(`${tier}: CNP-11 CNP-29: nobody but pods matches an ingress rule`, async () => {
      await enforce(scene, about(tier, { ingress: [{ action: "Deny", from: [anyPod] }] }));
      await assertPackets(scene, {
        denied: ["a/2 > a/1", "b/3 > a/1"].flatMap(byEveryProtocol),
        allowed: ["outside > a/1", "n1 > a/1", "n2 > a/1", "a/1 > b/3", "a/1 > n1"]
          .flatMap(byEveryProtocol),
      });
    });
    await t.step(`${tier}: CNP-22: an unknown peer denies everybody but the own node`, async () => {
      for (const action of ["Deny", "Pass"]) {
        const protocols = [port("tcp", 81)];
        await enforce(
          scene,
          about(tier, {
            ingress: [{ action, from: [{}], protocols }],
            egress: [{ action, to: [{ services: {} }], protocols }],
          }),
        );
        await assertPackets(scene, {
          denied: [
            "b/3 > a/1",
            "outside > a/1",
            "n2 > a/1",
            "a/1 > b/3",
            "a/1 > outside",
            "a/1 > n1",
          ]
            .flatMap(byEveryProtocol),
          allowed: byEveryProtocol("n1 > a/1"),
        });
      }
    });
    await t.step(
      `${tier}: CNP-21: own addresses are no business of a tier, a Service that leads back is`,
      async () => {
        const deny = about(tier, {
          ingress: [{ action: "Deny", from: [anyPod] }],
          egress: [{ action: "Deny", to: [anywhere] }],
        });
        await enforce(scene, deny);
        await assertPackets(scene, { allowed: byEveryProtocol("a/1 > a/1"), denied: to("itself") });
        const own = about(tier, {
          priority: 1,
          ingress: [{ action: "Accept", from: [pods("a", "1")] }],
          egress: [{ action: "Accept", to: [pods("a", "1")] }],
        }, "own");
        await enforce(scene, own, deny);
        await assertPackets(scene, {
          allowed: [...to("itself"), ...byEveryProtocol("a/1 > a/1")],
          denied: ["a/1 > b/3:80", "a/2 > a/1:80"],
        });
        for (const side of ["ingress", "egress"]) {
          const half = { ...own, spec: { ...own.spec as Fields, [side]: [] } };
          await enforce(scene, half, deny);
          await assertPackets(scene, { denied: to("itself") });
        }
      },
    );
    await t.step(
      `${tier}: CNP-28: behind a Service the backend counts, in address and port`,
      async () => {
        const only = (peer: Fields, number: number): ApiObject =>
          about(tier, {
            egress: [
              { action: "Accept", to: [peer], protocols: protocols.map((p) => port(p, number)) },
              { action: "Deny", to: [anywhere] },
            ],
          });
        await enforce(scene, only(pods("b", "3"), PORT));
        await assertPackets(scene, {
          allowed: to("far"),
          denied: [...to("itself"), "a/1 > b/4:80"],
        });
        await enforce(scene, only(pods("b", "3"), 8080));
        await assertPackets(scene, { denied: to("far") });
        const services = { networks: ["10.96.0.0/16", "fd00:10:96::/112"] };
        await enforce(scene, about(tier, { egress: [{ action: "Deny", to: [services] }] }));
        await assertPackets(scene, { allowed: to("far") });
      },
    );
    await t.step(
      `${tier}: CNP-3: many rules of many ports, that are looked up in maps`,
      async () => {
        const filler = Array.from({ length: 12 }, (_, i) => ({
          action: i % 2 === 0 ? "Accept" : "Deny",
          to: [network(scene, "b/4")],
          protocols: [port("tcp", 100 + i)],
        }));
        const egress = [
          { action: "Accept", to: [pods("b", "3")], protocols: [port("tcp", PORT)] },
          ...filler.slice(0, 6),
          { action: "Deny", to: [pods("b")], protocols: [{ destinationNamedPort: "web" }] },
          {
            action: "Accept",
            to: [pods("b", "3"), { nodes: {} }],
            protocols: [port("sctp", PORT)],
          },
          ...filler.slice(6),
          { action: "Pass", to: [network(scene, "outside")], protocols: [port("udp", PORT)] },
          { action: "Deny", to: [anywhere] },
        ];
        await enforce(scene, about(tier, { egress }));
        await assertPackets(scene, {
          allowed: ["a/1 > b/3:80", "a/1 > n1:80/SCTP", "a/1 > n2:80/SCTP", "a/1 > outside:80/UDP"],
          denied: [
            ...["a/1 > b/3:80/SCTP", "a/1 > b/3:80/UDP", "a/1 > b/4:80/UDP", "a/1 > b/4:80"],
            ...["a/1 > outside:80", "a/1 > n1:80", "a/1 > n1 ICMP", "a/1 > b/3 ICMP"],
          ],
        });
      },
    );
  }
  await t.step(
    "CNP-24: labels of nodes and pods, priorities and tiers change under live agents",
    async () => {
      const deny = about("Admin", {
        egress: [
          { action: "Deny", to: [{ nodes: { matchLabels: { role: "edge" } } }, pods("b", "bad")] },
        ],
      });
      const b3 = scene.host("b/3");
      for (const [name, other] of [["n1", "n2"], ["n2", "n1"]] as const) {
        edge.clear();
        edge.add(name);
        scene.describe(b3, { labels: { app: name === "n1" ? "bad" : "good" } });
        await enforce(scene, deny);
        const what = name === "n1" ? "denied" : "allowed";
        await assertPackets(scene, {
          denied: byEveryProtocol(`a/1 > ${name}`),
          allowed: byEveryProtocol(`a/1 > ${other}`),
        });
        await assertPackets(scene, { [what]: byEveryProtocol("a/1 > b/3") });
      }
      scene.describe(b3);
      const rule = (action: string): Fields => ({ egress: [{ action, to: [pods("b")] }] });
      const steps = [
        ["Admin", 5, "allowed"],
        ["Admin", 15, "denied"],
        ["Baseline", 5, "denied"],
      ] as const;
      for (const [tier, priority, what] of steps) {
        const accept = about(tier, { priority, ...rule("Accept") }, "accept");
        await enforce(scene, accept, about("Admin", rule("Deny")));
        await assertPackets(scene, { [what]: byEveryProtocol("a/1 > b/3") });
      }
    },
  );
  await t.step("CNP-18: NetworkPolicy's word is final per direction (corner case 37)", async () => {
    const closed = about("Baseline", {
      ingress: [{ action: "Deny", from: [anyPod] }],
      egress: [{ action: "Deny", to: [anywhere] }],
    });
    const isolate = (...policyTypes: readonly string[]): ApiObject => ({
      ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
      metadata: { namespace: "a", name: "open" },
      spec: {
        podSelector: { matchLabels: { app: "1" } },
        ...{ policyTypes, ingress: [{}], egress: [{}] },
      },
    });
    await enforce(scene, closed, isolate("Egress"));
    await assertPackets(scene, {
      allowed: byEveryProtocol("a/1 > b/3"),
      denied: byEveryProtocol("b/3 > a/1"),
    });
    await enforce(scene, closed, isolate("Ingress"));
    await assertPackets(scene, {
      allowed: byEveryProtocol("b/3 > a/1"),
      denied: byEveryProtocol("a/1 > b/3"),
    });
  });
});
