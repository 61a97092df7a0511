import { check } from "./check.ts";
import { cluster, ipsOf } from "./cluster.ts";
import { type ApiObject, policy } from "./objects.ts";

const onlyA = { matchLabels: { pod: "a" } };

/** Isolates x/a on ingress, and allows these ports from anybody. */
function into(...ports: readonly unknown[]): ApiObject {
  return policy("x/in", { podSelector: onlyA, policyTypes: ["Ingress"], ingress: [{ ports }] });
}

/** Isolates x/a on egress, and allows these ports to anybody. */
function out(...ports: readonly unknown[]): ApiObject {
  return policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"], egress: [{ ports }] });
}

Deno.test("NP-29: a port without protocol is TCP", () => {
  check(cluster(into({ port: 80 }), out({ port: 80, protocol: null })), {
    allowed: ["y/b > x/a:80", "x/a > y/b:80"],
    denied: ["y/b > x/a:80/UDP", "y/b > x/a:80/SCTP", "x/a > y/b:80/UDP", "y/b > x/a ICMP"],
  });
});

Deno.test("NP-30: an entry without port is every port of its protocol (corner case 6)", () => {
  check(cluster(into({}), out({})), {
    allowed: ["y/b > x/a:1", "y/b > x/a:65535", "x/a > y/b:4711"],
    denied: ["y/b > x/a:1/UDP", "y/b > x/a:1/SCTP", "y/b > x/a ICMP", "x/a > y/b:53/UDP"],
  });
  check(cluster(into({ protocol: "UDP" }), out({ protocol: "SCTP", port: null })), {
    allowed: ["y/b > x/a:1/UDP", "x/a > y/b:65535/SCTP"],
    denied: ["y/b > x/a:1", "x/a > y/b:1", "x/a > y/b:1/UDP"],
  });
});

Deno.test("NP-30: all of a protocol swallows its single ports, and no other protocol's", () => {
  check(cluster(into({ protocol: "TCP" }, { port: 80 }, { port: 53, protocol: "UDP" })), {
    allowed: ["y/b > x/a:80", "y/b > x/a:443", "y/b > x/a:53/UDP"],
    denied: ["y/b > x/a:54/UDP", "y/b > x/a:80/SCTP"],
  });
});

Deno.test("NP-31: a number is the destination's port on the wire, declared or not", () => {
  check(cluster(into({ port: 4711 }), out({ port: 4712 })), {
    allowed: ["y/b > x/a:4711", "x/a > y/b:4712", "x/a > outside:4712", "x/a > n1:4712"],
    denied: ["y/b > x/a:4712", "x/a > y/b:4711", "y/b > x/a:80"],
  });
});

Deno.test("NP-32: port to endPort is a range with both ends", () => {
  check(
    cluster(into({ port: 8000, endPort: 8080 }), out({ port: 53, endPort: 53, protocol: "UDP" })),
    {
      allowed: ["y/b > x/a:8000", "y/b > x/a:8040", "y/b > x/a:8080", "x/a > y/b:53/UDP"],
      denied: ["y/b > x/a:7999", "y/b > x/a:8081", "x/a > y/b:52/UDP", "x/a > y/b:54/UDP"],
    },
  );
});

Deno.test("NP-32: ranges that overlap, touch, or are everything are a union", () => {
  const ranges = [{ port: 10, endPort: 20 }, { port: 15, endPort: 30 }, { port: 31 }, { port: 99 }];
  check(cluster(into(...ranges), out({ port: 1, endPort: 65535 })), {
    allowed: ["y/b > x/a:10", "y/b > x/a:30", "y/b > x/a:31", "y/b > x/a:99", "x/a > y/b:65535"],
    denied: ["y/b > x/a:9", "y/b > x/a:32", "y/b > x/a:98", "x/a > y/b:1/UDP"],
  });
});

Deno.test("NP-39: SCTP isolates, and is no TCP (corner case 23)", () => {
  check(cluster(into({ port: 80, protocol: "SCTP" }), out({ port: 80, protocol: "SCTP" })), {
    allowed: ["y/b > x/a:80/SCTP", "x/a > y/b:80/SCTP"],
    denied: ["y/b > x/a:80", "y/b > x/a:80/UDP", "y/b > x/a:81/SCTP", "x/a > y/b:80"],
  });
});

Deno.test("NP-39: a UDP rule opens no TCP", () => {
  check(cluster(into({ port: 53, protocol: "UDP" })), {
    allowed: ["y/b > x/a:53/UDP"],
    denied: ["y/b > x/a:53", "y/b > x/a:53/SCTP"],
  });
});

Deno.test("NP-40: rules without ports admit other protocols, rules with ports do not (corner case 24)", () => {
  const both = { policyTypes: ["Ingress", "Egress"] };
  const rules = (rule: unknown): unknown => ({ ingress: [rule], egress: [rule] });
  const block = { ipBlock: { cidr: "10.0.0.0/8" } };
  const open = policy("x/p", { podSelector: onlyA, ...both, ...rules({}) as object });
  check(cluster(open), { allowed: ["y/b > x/a ICMP", "x/a > y/b GRE", "x/a > n1 ICMP"] });
  const every = [{}, { protocol: "UDP" }, { protocol: "SCTP" }];
  const ports = policy("x/p", {
    podSelector: onlyA,
    ...both,
    ...rules({ ports: every }) as object,
  });
  check(cluster(ports), {
    allowed: ["y/b > x/a:1", "y/b > x/a:1/UDP", "y/b > x/a:1/SCTP"],
    denied: ["y/b > x/a ICMP", "x/a > y/b ICMP", "x/a > y/b GRE", "x/a > n1 ICMP"],
  });
  const peers = policy("x/p", {
    podSelector: onlyA,
    ...both,
    ingress: [{ from: [block, { podSelector: {} }] }],
    egress: [{ to: [block] }],
  });
  check(cluster(peers), {
    allowed: ["x/b > x/a ICMP", `${ipsOf(2, 2)[0]} > x/a ICMP`, "x/a > 10.0.2.2 GRE"],
    denied: ["outside > x/a ICMP", `${ipsOf(2, 2)[1]} > x/a ICMP`, "x/a > outside GRE"],
  });
});
