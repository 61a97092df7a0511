import type { V1ContainerPort } from "@kubernetes/client-node";
import { check } from "./check.ts";
import { cluster, ipsOf } from "./cluster.ts";
import { type ApiObject, pod, type PodFields, policy } from "./objects.ts";

const onlyA = { matchLabels: { pod: "a" } };

/** Isolates x/a on ingress, and allows these rules. */
function into(...ingress: readonly unknown[]): ApiObject {
  return policy("x/in", { podSelector: onlyA, policyTypes: ["Ingress"], ingress });
}

/** Isolates x/a on egress, and allows these rules. */
function out(...egress: readonly unknown[]): ApiObject {
  return policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"], egress });
}

/** A pod in the place of `x/a`, `x/c` or `y/b`, with other ports. */
function podWith(key: "x/a" | "x/c" | "y/b", fields: PodFields): ApiObject {
  const [ns = "", name = ""] = key.split("/");
  const place = { "x/a": [1, 1], "x/c": [1, 3], "y/b": [2, 2] }[key] as [number, number];
  const node = name === "b" ? "n2" : "n1";
  return pod(`${ns}/${name}`, { labels: { pod: name }, node, ips: ipsOf(...place), ...fields });
}

const web = (number: number, protocol?: string): V1ContainerPort => ({
  name: "web",
  containerPort: number,
  ...(protocol === undefined ? {} : { protocol }),
});

const podsOf = (ns: string): unknown => ({ namespaceSelector: { matchLabels: { ns } } });

Deno.test("NP-33: an ingress rule's name is looked up on the selected pod", () => {
  check(
    cluster(
      podWith("x/a", { ports: [web(8080)] }),
      podWith("y/b", { ports: [web(9090)] }),
      into({ ports: [{ port: "web" }] }),
    ),
    {
      allowed: ["y/b > x/a:8080", "outside > x/a:8080", "n2 > x/a:8080"],
      denied: ["y/b > x/a:9090", "y/b > x/a:80"],
    },
  );
});

Deno.test("NP-33: an egress rule's name is looked up on the peer, never on the source (corner case 17)", () => {
  check(
    cluster(
      podWith("x/a", { ports: [web(8080)] }),
      podWith("y/b", { ports: [web(9090)] }),
      out({ ports: [{ port: "web" }], to: [podsOf("y")] }),
    ),
    {
      allowed: ["x/a > y/b:9090"],
      denied: ["x/a > y/b:8080", "x/a > y/a:9090", "x/a > z/b:9090"],
    },
  );
});

Deno.test("NP-34: each pod answers with its own number, and no other's (corner case 16)", () => {
  const objects = [podWith("x/c", { ports: [web(8081)] }), podWith("y/b", { ports: [web(8082)] })];
  check(cluster(...objects, out({ ports: [{ port: "web" }] })), {
    allowed: ["x/a > x/c:8081", "x/a > y/b:8082"],
    denied: ["x/a > x/c:8082", "x/a > y/b:8081"],
  });
  const all = policy("x/in", {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ ports: [{ port: "web" }] }],
  });
  check(
    cluster(podWith("x/a", { ports: [web(8080)] }), podWith("x/c", { ports: [web(8081)] }), all),
    {
      allowed: ["y/b > x/a:8080", "y/b > x/c:8081"],
      denied: ["y/b > x/a:8081", "y/b > x/c:8080", "y/b > x/b:8080"],
    },
  );
});

Deno.test("NP-35: every container's declaration of a name counts (corner case 22)", () => {
  const containers = [
    { name: "one", ports: [web(8080), web(8080)] },
    { name: "two", ports: [web(8081), { containerPort: 8090 }] },
  ];
  check(cluster(podWith("x/a", { spec: { containers } }), into({ ports: [{ port: "web" }] })), {
    allowed: ["y/b > x/a:8080", "y/b > x/a:8081"],
    denied: ["y/b > x/a:8090", "y/b > x/a:80"],
  });
  check(
    cluster(
      podWith("y/b", { spec: { containers } }),
      out({ ports: [{ port: "web" }] }),
    ),
    {
      allowed: ["x/a > y/b:8080", "x/a > y/b:8081"],
      denied: ["x/a > y/b:8090", "x/a > y/b:80"],
    },
  );
});

Deno.test("NP-36: name and protocol must both be the port's (corner case 20)", () => {
  const ports = [web(8080), web(8081, "UDP"), { name: "dns", containerPort: 53, protocol: "UDP" }];
  check(cluster(podWith("x/a", { ports }), into({ ports: [{ port: "web" }, { port: "dns" }] })), {
    allowed: ["y/b > x/a:8080"],
    denied: [
      "y/b > x/a:8081/UDP",
      "y/b > x/a:8081",
      "y/b > x/a:8080/UDP",
      "y/b > x/a:53/UDP",
      "y/b > x/a:53",
    ],
  });
  check(cluster(podWith("y/b", { ports }), out({ ports: [{ port: "web", protocol: "UDP" }] })), {
    allowed: ["x/a > y/b:8081/UDP"],
    denied: ["x/a > y/b:8080", "x/a > y/b:8080/UDP", "x/a > y/b:8081"],
  });
});

Deno.test("NP-36: a name that nobody declares matches nothing, and the isolation stays", () => {
  check(cluster(into({ ports: [{ port: "nobody" }] }), out({ ports: [{ port: "nobody" }] })), {
    denied: ["y/b > x/a:80", "outside > x/a:80", "x/a > y/b:80", "x/a > outside:80"],
  });
});

Deno.test("NP-37: without to, a name means every pod anywhere that declares it (corner case 18)", () => {
  check(cluster(out({ ports: [{ port: "serve-80" }] })), {
    allowed: ["x/a > x/b:80", "x/a > y/b:80", "x/a > z/c:80"],
    denied: ["x/a > y/b:81", "x/a > y/b:80/SCTP"],
  });
});

Deno.test("NP-37: external and node addresses have no names (corner case 19)", () => {
  const host = pod("y/host", {
    ips: ["192.168.0.2"],
    spec: { nodeName: "n2", hostNetwork: true, containers: [{ name: "main", ports: [web(80)] }] },
  });
  const named = [{ port: "serve-80" }, { port: "web" }];
  const blocks = ["203.0.113.0/24", "192.168.0.0/16"].map((cidr) => ({ ipBlock: { cidr } }));
  for (const rule of [{ ports: named }, { ports: named, to: blocks }]) {
    check(cluster(host, out(rule)), {
      denied: ["x/a > outside:80", "x/a > n1:80", "x/a > n2:80", "x/a > y/host:80"],
    });
  }
});

Deno.test("NP-37: with a block, a name means the pods in the block that declare it", () => {
  const to = [{ ipBlock: { cidr: "10.0.2.0/24", except: ["10.0.2.1/32"] } }];
  check(cluster(out({ ports: [{ port: "serve-80" }], to })), {
    allowed: ["x/a > 10.0.2.2:80"],
    denied: ["x/a > 10.0.2.1:80", "x/a > 10.0.2.2:81", "x/a > 10.0.2.77:80"],
  });
  const from = [{ ipBlock: { cidr: "203.0.113.0/24" } }];
  check(cluster(into({ ports: [{ port: "serve-80" }], from })), {
    allowed: ["203.0.113.9 > x/a:80"],
    denied: ["203.0.113.9 > x/a:81", "198.51.100.1 > x/a:80", "10.0.2.2 > x/a:80"],
  });
});

Deno.test("NP-37: peers keep their names apart from other rules' peers", () => {
  check(
    cluster(
      out(
        { ports: [{ port: "serve-80" }], to: [podsOf("y")] },
        { ports: [{ port: "serve-81" }], to: [podsOf("z")] },
        { ports: [{ port: 99 }], to: [{ podSelector: {} }] },
      ),
    ),
    {
      allowed: ["x/a > y/b:80", "x/a > z/b:81", "x/a > x/b:99"],
      denied: ["x/a > y/b:81", "x/a > z/b:80", "x/a > y/b:99", "x/a > x/b:80"],
    },
  );
});

Deno.test("NP-38: native sidecars declare ports, plain init containers do not (corner case 21)", () => {
  const initContainers = [
    { name: "sidecar", restartPolicy: "Always", ports: [web(15000)] },
    { name: "setup", ports: [web(15001)] },
  ];
  check(
    cluster(
      podWith("x/a", { ports: [web(8080)], spec: { initContainers } }),
      into({ ports: [{ port: "web" }] }),
    ),
    {
      allowed: ["y/b > x/a:15000"],
      denied: ["y/b > x/a:15001"],
    },
  );
  check(
    cluster(
      podWith("y/b", { spec: { initContainers } }),
      out({ ports: [{ port: "web" }] }),
    ),
    {
      allowed: ["x/a > y/b:15000"],
      denied: ["x/a > y/b:15001"],
    },
  );
});
