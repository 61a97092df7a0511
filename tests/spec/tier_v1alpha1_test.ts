import { check } from "./check.ts";
import { cluster } from "./cluster.ts";
import { adminPolicy, type ApiObject, baselinePolicy, clusterPolicy, policy } from "./objects.ts";
import { anyPod, anywhere, inside, names, one, spaces } from "./tiers.ts";

const tcp = (port: number): unknown => ({ portNumber: { protocol: "TCP", port } });

/** An AdminNetworkPolicy on what comes into x/a. */
function into(...ingress: readonly unknown[]): ApiObject {
  return adminPolicy("p", { subject: one("x/a"), ingress });
}

const denyAll = { action: "Deny", from: [anyPod] };

Deno.test("CNP-1: an AdminNetworkPolicy comes before NetworkPolicy, the Baseline one behind it", () => {
  const np = policy("x/p", {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ namespaceSelector: spaces("y") }] }],
  });
  const baseline = baselinePolicy({ ingress: [denyAll] });
  check(cluster(into({ action: "Allow", from: [inside("z")] }), np, baseline), {
    allowed: ["z/b > x/a:80", "y/b > x/a:80"],
    denied: ["x/b > x/a:80", "z/b > x/c:80", "x/b > y/a:80"],
  });
  check(cluster(into({ action: "Pass", from: [anyPod] }, denyAll), np, baseline), {
    allowed: ["y/b > x/a:80"],
    denied: ["z/b > x/a:80", "y/b > z/a:80"],
  });
});

Deno.test("CNP-2: AdminNetworkPolicies stand among ClusterNetworkPolicies by priority", () => {
  const admin = (priority: number): ApiObject =>
    adminPolicy("p", { subject: one("x/a"), priority, ingress: [denyAll] });
  const ingress = [{ action: "Accept", from: [anyPod] }];
  const accept = clusterPolicy("p", { subject: one("x/a"), priority: 10, ingress });
  check(cluster(admin(9), accept), { denied: ["y/b > x/a:80"] });
  check(cluster(admin(11), accept), { allowed: ["y/b > x/a:80"] });
});

Deno.test("CNP-2: the BaselineAdminNetworkPolicy comes behind all others of its tier", () => {
  const baseline = baselinePolicy({ ingress: [denyAll] });
  for (const priority of [0, 999, 1000]) {
    const ingress = [{ action: "Accept", from: [inside("y")] }];
    check(cluster(baseline, clusterPolicy("p", { tier: "Baseline", priority, ingress })), {
      allowed: ["y/b > x/a:80"],
      denied: ["z/b > x/a:80"],
    });
  }
});

Deno.test("CNP-15: ports of AdminNetworkPolicies are numbers, ranges and names", () => {
  const ports = [
    tcp(80),
    { portRange: { protocol: "UDP", start: 53, end: 55 } },
    { namedPort: "serve-81" },
  ];
  check(cluster(into({ action: "Deny", from: [anyPod], ports })), {
    denied: ["y/b > x/a:80", "y/b > x/a:53/UDP", "y/b > x/a:55/UDP", "y/b > x/a:81"],
    allowed: ["y/b > x/a:82", "y/b > x/a:56/UDP", "y/b > x/a:80/UDP", "y/b > x/a ICMP"],
  });
});

Deno.test("CNP-12: egress peers of both kinds are pods, nodes and networks", () => {
  const to = [
    { pods: { namespaceSelector: spaces("y"), podSelector: names("b") } },
    { nodes: { matchLabels: { node: "n1" } } },
    { networks: ["203.0.113.0/24", "2001:db8::/32"] },
  ];
  const egress = [{ action: "Deny", to }];
  for (
    const made of [
      adminPolicy("p", { subject: one("x/a"), egress }),
      baselinePolicy({ subject: one("x/a"), egress }),
    ]
  ) {
    check(cluster(made), {
      denied: ["x/a > y/b:80", "x/a > n1:80", "x/a > outside:80"],
      allowed: ["x/a > y/a:80", "x/a > n2:80", "x/c > n1:80"],
    });
  }
});

Deno.test("CNP-22: what an AdminNetworkPolicy does not know fails closed, the actions of its successor too", () => {
  check(cluster(into({ action: "Accept", from: [inside("y")] })), {
    issues: ["spec.ingress[0].action"],
    denied: ["y/b > x/a:80"],
    allowed: ["z/b > x/a:80"],
  });
  check(cluster(into({ action: "Deny", from: [{}] })), {
    issues: ["spec.ingress[0].from[0]"],
    denied: ["y/b > x/a:80", "outside > x/a:80"],
    allowed: ["n1 > x/a:80"],
  });
  const pass = baselinePolicy({
    subject: one("x/a"),
    egress: [{ action: "Pass", to: [anywhere] }],
  });
  check(cluster(pass), {
    issues: ["spec.egress[0].action"],
    denied: ["x/a > y/b:80"],
    allowed: ["x/c > y/b:80"],
  });
});
