import { check } from "./check.ts";
import { cluster } from "./cluster.ts";
import { type ApiObject, clusterPolicy, type Fields, policy } from "./objects.ts";
import { anyPod, anywhere, inside, into, one, out, port, tiers } from "./tiers.ts";

/** Checks a policy in either tier, with the fields that are found not in order. */
function checkOdd(
  policy: ApiObject,
  issue: string,
  expected: { readonly allowed?: readonly string[]; readonly denied?: readonly string[] },
): void {
  for (const tier of tiers) {
    const inTier = { ...policy, spec: { ...policy.spec as Fields, tier } };
    check(cluster(inTier), { ...expected, issues: [issue] });
  }
}

const everyIn = ["y/b > x/a:80", "outside > x/a:80", "n2 > x/a:80", "y/b > x/a ICMP"];
const everyOut = ["x/a > y/b:80", "x/a > outside:80", "x/a > n1:80", "x/a > outside ICMP"];

/** What ingress rules know nothing of: networks and nodes stand in egress rules only. */
const unknownPeers: readonly Fields[] = [
  {},
  { networks: ["0.0.0.0/0"] },
  { nodes: {} },
  { services: {} },
];

Deno.test("CNP-22: an Accept with an unknown peer matches nothing", () => {
  for (const peer of unknownPeers) {
    const rule = { action: "Accept", from: [inside("y"), peer] };
    checkOdd(into(rule, { action: "Deny", from: [anyPod] }), "spec.ingress[0].from[1]", {
      denied: ["y/b > x/a:80", "z/b > x/a:80"],
      allowed: ["outside > x/a:80", "x/a > y/b:80"],
    });
  }
});

Deno.test("CNP-22: a Deny or Pass with an unknown peer denies everything (corner case 38)", () => {
  for (const action of ["Deny", "Pass"]) {
    for (const peer of unknownPeers) {
      const protocols = [port("udp", 53)]; // ignored
      checkOdd(into({ action, from: [peer, inside("y")], protocols }), "spec.ingress[0].from[0]", {
        denied: everyIn,
        allowed: ["n1 > x/a:80", "x/a > y/b:80", "y/b > x/c:80"],
      });
    }
    checkOdd(out({ action, to: [{}] }), "spec.egress[0].to[0]", {
      denied: everyOut,
      allowed: ["y/b > x/a:80", "x/c > outside:80"],
    });
  }
});

Deno.test("CNP-22: what the CRD refuses or prunes away fails closed (corner case 40)", () => {
  const rows: readonly (readonly [Fields, string])[] = [
    [{ from: [anyPod], protocols: [{ tcp: {} }] }, "spec.ingress[0].protocols[0].tcp"],
    [{ from: [anyPod], protocols: [{}] }, "spec.ingress[0].protocols[0]"],
    [{ from: [anyPod], protocols: [{ icmp: {} }] }, "spec.ingress[0].protocols[0]"],
    [{ from: [anyPod], protocols: [] }, "spec.ingress[0].protocols"],
    [{ from: [] }, "spec.ingress[0].from"],
    [{ from: [{ networks: ["10.0.0.0/8"] }] }, "spec.ingress[0].from[0]"],
  ];
  for (const [rule, issue] of rows) {
    checkOdd(into({ action: "Deny", ...rule }), issue, {
      denied: everyIn,
      allowed: ["n1 > x/a:80", "x/a > y/b:80"],
    });
    checkOdd(into({ action: "Accept", ...rule }, { action: "Deny", from: [anyPod] }), issue, {
      denied: ["y/b > x/a:80"],
      allowed: ["outside > x/a:80"],
    });
  }
});

Deno.test("CNP-22: rules before one that is not understood keep their meaning, and so do those behind an Accept", () => {
  const accept = { action: "Accept", from: [inside("y")] };
  checkOdd(into(accept, { action: "Deny", from: [{}] }), "spec.ingress[1].from[0]", {
    allowed: ["y/b > x/a:80", "n1 > x/a:80"],
    denied: ["z/b > x/a:80", "outside > x/a:80"],
  });
  checkOdd(into({ action: "Accept", from: [{}] }, accept), "spec.ingress[0].from[0]", {
    allowed: ["y/b > x/a:80", "z/b > x/a:80"],
  });
  const deny = into({ action: "Accept", from: [{}] }, accept, { action: "Deny", from: [anyPod] });
  checkOdd(deny, "spec.ingress[0].from[0]", {
    allowed: ["y/b > x/a:80"],
    denied: ["z/b > x/a:80"],
  });
});

Deno.test("CNP-22: an action that is not known denies what its rule is about", () => {
  for (const action of ["Log", "accept", "", undefined]) {
    checkOdd(into({ action, from: [inside("y")] }), "spec.ingress[0].action", {
      denied: ["y/b > x/a:80"],
      allowed: ["z/b > x/a:80", "outside > x/a:80"],
    });
  }
});

Deno.test("CNP-22: domain names in a Deny or Pass are like peers that are not known", () => {
  const peer = { domainNames: ["example.com"] };
  for (const action of ["Deny", "Pass"]) {
    checkOdd(out({ action, to: [peer] }), "spec.egress[0].to[0].domainNames", {
      denied: everyOut,
    });
  }
});

Deno.test("CNP-22: an Accept by names whose addresses nobody knows opens nothing, and breaks nothing", () => {
  const accept = { action: "Accept", to: [{ domainNames: ["example.com", "*.example.org"] }] };
  for (const tier of tiers) {
    const rules = (...egress: readonly Fields[]): ApiObject =>
      clusterPolicy("p", { tier, subject: one("x/a"), egress });
    check(cluster(rules(accept)), { allowed: everyOut });
    check(cluster(rules(accept, { action: "Deny", to: [anywhere] })), { denied: everyOut });
    const both = { ...accept, to: [...accept.to, one("y/b")] };
    check(cluster(rules(both, { action: "Deny", to: [anywhere] })), {
      allowed: ["x/a > y/b:80"],
      denied: ["x/a > y/a:80", "x/a > outside:80"],
    });
  }
});

Deno.test("CNP-22: a policy that is not understood as a whole denies everything to its subject", () => {
  const rule = { action: "Accept", from: [inside("y")] };
  const spec = { subject: one("x/a"), ingress: [rule] };
  const denied = { denied: everyIn, allowed: ["x/a > y/b:80", "n1 > x/a:80", "y/b > x/c:80"] };
  check(cluster(clusterPolicy("p", { ...spec, tier: "Sideways" })), {
    ...{ issues: ["spec.tier"] },
    ...denied,
  });
  check(cluster(clusterPolicy("p", { ...spec, priority: 1001 })), {
    ...{ issues: ["spec.priority"] },
    ...denied,
  });
  const nobody = clusterPolicy("p", { subject: {}, ingress: [rule] });
  check(cluster(nobody), {
    issues: ["spec.subject"],
    denied: [...everyIn, "y/b > x/c:80", "outside > z/b:80"],
    allowed: ["n1 > x/a:80", "x/a > outside:80"],
  });
});

Deno.test("CNP-22: a broken policy of the Baseline tier leaves what NetworkPolicy decides alone", () => {
  const broken = clusterPolicy("p", { tier: "Baseline", subject: {}, ingress: [], egress: "none" });
  const np = policy("x/p", {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [{ to: [{ namespaceSelector: {} }] }],
  });
  check(cluster(broken, np), {
    issues: ["spec.subject", "spec.egress"],
    allowed: ["x/a > y/b:80", "outside > x/a:80"],
    denied: ["x/a > outside:80", "y/b > x/a:80", "z/b > outside:80"],
  });
});

Deno.test("CNP-23: what lies beyond the API's limits is enforced as it stands", () => {
  const many = <T>(count: number, make: (i: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const networks = many(300, (i) => `10.${1 + Math.trunc(i / 256)}.${i % 256}.0/24`);
  const rules = many(60, (i) => ({
    name: "n".repeat(200),
    action: i % 2 === 0 ? "Accept" : "Deny",
    to: many(30, () => inside("nowhere")),
    protocols: many(40, (n) => port("tcp", 1000 + 2 * n + i)),
  }));
  const last = { action: "Deny", to: [{ networks }, ...many(30, () => one("y/b"))] };
  for (const tier of tiers) {
    check(cluster(clusterPolicy("p", { tier, subject: one("x/a"), egress: [...rules, last] })), {
      denied: ["x/a > 10.1.255.9:80", "x/a > 10.2.43.9:80", "x/a > y/b:1000"],
      allowed: ["x/a > 10.2.44.9:80", "x/a > y/a:1000"],
    });
  }
});
