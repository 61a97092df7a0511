import { check } from "./check.ts";
import { cluster, ipsOf } from "./cluster.ts";
import { type ApiObject, type Fields, pod, type PodFields, policy } from "./objects.ts";
import {
  anyPod,
  anywhere,
  checkInBothTiers,
  inside,
  into,
  named,
  one,
  out,
  port,
} from "./tiers.ts";

/** Denies what comes into x/a by these protocols. */
function denyIn(...protocols: readonly Fields[]): ApiObject {
  return into({ action: "Deny", from: [anyPod], protocols });
}

/** Denies what x/a sends to these peers by these protocols. */
function denyOut(to: readonly Fields[], ...protocols: readonly Fields[]): ApiObject {
  return out({ action: "Deny", to, protocols });
}

/** y/b on n2 with other ports. */
function serverWith(ports: NonNullable<PodFields["ports"]>): ApiObject {
  return pod("y/b", { labels: { pod: "b" }, node: "n2", ips: ipsOf(2, 2), ports });
}

Deno.test("CNP-15: without protocols a rule is about everything", () => {
  for (const protocols of [{}, { protocols: null }]) {
    checkInBothTiers([into({ action: "Deny", from: [anyPod], ...protocols })], {
      denied: ["y/b > x/a:1", "y/b > x/a:53/UDP", "y/b > x/a:9/SCTP", "y/b > x/a ICMP"],
    });
  }
});

Deno.test("CNP-15: a number is that port of that protocol alone", () => {
  for (const protocol of ["tcp", "udp", "sctp"] as const) {
    const flow = (number: number, name: string): string => `y/b > x/a:${number}/${name}`;
    const others = ["TCP", "UDP", "SCTP"].filter((name) => name.toLowerCase() !== protocol);
    checkInBothTiers([denyIn(port(protocol, 80))], {
      denied: [flow(80, protocol.toUpperCase())],
      allowed: [
        flow(79, protocol.toUpperCase()),
        flow(81, protocol.toUpperCase()),
        ...others.map((name) => flow(80, name)),
        "y/b > x/a ICMP",
      ],
    });
  }
});

Deno.test("CNP-15: a range has both of its ends; any of several entries is enough", () => {
  checkInBothTiers([denyIn(port("tcp", 80, 82), port("udp", 53), port("tcp", 443))], {
    denied: ["y/b > x/a:80", "y/b > x/a:82", "y/b > x/a:443", "y/b > x/a:53/UDP"],
    allowed: [
      "y/b > x/a:79",
      "y/b > x/a:83",
      "y/b > x/a:443/UDP",
      "y/b > x/a:53",
      "y/b > x/a ICMP",
    ],
  });
});

Deno.test("CNP-15: the whole range is all of a protocol, and nothing else", () => {
  checkInBothTiers([denyIn(port("tcp", 1, 65535))], {
    denied: ["y/b > x/a:1", "y/b > x/a:65535"],
    allowed: ["y/b > x/a:80/UDP", "y/b > x/a:80/SCTP", "y/b > x/a ICMP"],
  });
});

Deno.test("CNP-16: a named port is the subject's own on ingress, in whatever protocol it is declared", () => {
  const ports = [
    { name: "web", containerPort: 8080 },
    { name: "dns", containerPort: 53, protocol: "UDP" },
    { name: "dns", containerPort: 54, protocol: "TCP" },
    { name: "sig", containerPort: 9, protocol: "SCTP" },
  ];
  const server = pod("x/a", { labels: { pod: "a" }, ips: ipsOf(1, 1), ports });
  checkInBothTiers([denyIn(named("dns"), named("sig"), named("nobody"))], {
    denied: ["y/b > x/a:53/UDP", "y/b > x/a:54", "y/b > x/a:9/SCTP"],
    allowed: [
      "y/b > x/a:53",
      "y/b > x/a:54/UDP",
      "y/b > x/a:8080",
      "y/b > x/a:9",
      "y/b > x/a ICMP",
    ],
  }, [server]);
});

Deno.test("CNP-16: a named port is the peer's own on egress, in whatever protocol it is declared", () => {
  const server = serverWith([
    { name: "dns", containerPort: 53, protocol: "UDP" },
    { name: "dns", containerPort: 54, protocol: "TCP" },
  ]);
  checkInBothTiers([denyOut([inside("y")], named("dns"))], {
    denied: ["x/a > y/b:53/UDP", "x/a > y/b:54", "x/a > y/a:53/UDP"],
    allowed: ["x/a > y/b:53", "x/a > y/b:54/UDP", "x/a > y/a:54", "x/a > z/b:53/UDP"],
  }, [server]);
});

Deno.test("CNP-16: each destination has its own number for a name, never another's", () => {
  const server = serverWith([{ name: "serve-80", containerPort: 8080 }]);
  checkInBothTiers([denyOut([inside("y")], named("serve-80"))], {
    denied: ["x/a > y/b:8080", "x/a > y/a:80"],
    allowed: ["x/a > y/b:80", "x/a > y/a:8080"],
  }, [server]);
});

Deno.test("CNP-16: a name beside numbers in a rule, each at its own peers", () => {
  checkInBothTiers([denyOut([inside("y"), { nodes: {} }], named("serve-80"), port("tcp", 443))], {
    denied: ["x/a > y/b:80", "x/a > y/b:443", "x/a > n1:443", "x/a > n2:443"],
    allowed: ["x/a > n1:80", "x/a > z/b:80", "x/a > y/b:81"],
  });
});

Deno.test("CNP-16: a name never matches at nodes, networks and outside, pods in a network included", () => {
  const host = pod("y/host", {
    ...{ node: "n2", ips: ["192.168.0.2"], hostNetwork: true },
    ports: [{ name: "serve-80", containerPort: 80 }],
  });
  for (const peer of [anywhere, { nodes: {} }]) {
    checkInBothTiers([denyOut([peer], named("serve-80"))], {
      allowed: [
        "x/a > outside:80",
        "x/a > n1:80",
        "x/a > n2:80",
        "x/a > y/b:80",
        "x/a > y/host:80",
      ],
    }, [host]);
  }
  checkInBothTiers([denyOut([anywhere, one("y/b")], named("serve-80"))], {
    denied: ["x/a > y/b:80"],
    allowed: ["x/a > y/a:80", "x/a > outside:80"],
  });
});

Deno.test("CNP-16: named ports of rules in order: the first that is about a port decides", () => {
  const rules = (first: Fields, second: Fields): ApiObject =>
    out(
      { action: "Accept", to: [inside("y")], protocols: [first] },
      { action: "Deny", to: [anyPod], protocols: [second] },
      { action: "Accept", to: [anyPod], protocols: [first] },
    );
  for (
    const [first, second] of [[named("serve-80"), port("tcp", 80)], [
      port("tcp", 80),
      named("serve-80"),
    ]] as const
  ) {
    checkInBothTiers([rules(first, second)], {
      allowed: ["x/a > y/b:80", "x/a > z/b:81"],
      denied: ["x/a > z/b:80"],
    });
  }
});

Deno.test("CNP-16: NetworkPolicy's names keep their protocol beside those of a tier", () => {
  const ports = [
    { name: "dns", containerPort: 53, protocol: "UDP" },
    { name: "dns", containerPort: 54, protocol: "TCP" },
  ];
  const server = pod("x/a", { labels: { pod: "a" }, ips: ipsOf(1, 1), ports });
  const np = policy("x/p", {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ ports: [{ port: "dns" }] }],
  });
  check(cluster(server, np, denyIn(port("sctp", 1))), {
    allowed: ["y/b > x/a:54"],
    denied: ["y/b > x/a:53/UDP"],
  });
  check(
    cluster(server, np, into({ action: "Accept", from: [inside("y")], protocols: [named("dns")] })),
    {
      allowed: ["y/b > x/a:54", "y/b > x/a:53/UDP", "z/b > x/a:54"],
      denied: ["z/b > x/a:53/UDP"],
    },
  );
});

Deno.test("CNP-26: ICMP is matched by rules without protocols, and by no others", () => {
  checkInBothTiers([out({ action: "Deny", to: [{ networks: ["10.0.0.0/8"] }] })], {
    denied: ["x/a > 10.0.2.2 ICMP", "x/a > 10.0.2.2 GRE"],
    allowed: ["x/a > fd00::2:2 ICMP", "x/a > outside ICMP"],
  });
  const every = [port("tcp", 1, 65535), port("udp", 1, 65535), port("sctp", 1, 65535)];
  checkInBothTiers([denyOut([anywhere], ...every)], {
    denied: ["x/a > outside:80", "x/a > outside:53/UDP"],
    allowed: ["x/a > outside ICMP", "x/a > y/b GRE", "x/a > n1 ICMP"],
  });
});
