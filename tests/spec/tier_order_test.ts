import { check } from "./check.ts";
import { cluster } from "./cluster.ts";
import { type ApiObject, clusterPolicy, type Fields, policy } from "./objects.ts";
import { anyPod, anywhere, checkInBothTiers, inside, into, one, port, tiers } from "./tiers.ts";

const onlyA = { matchLabels: { pod: "a" } };
const fromY = { namespaceSelector: { matchLabels: { ns: "y" } } };

/** One rule on what comes into x/a, in a tier. */
function rule(tier: "Admin" | "Baseline", action: string, more: Fields = {}): ApiObject {
  const ingress = [{ action, from: [anyPod] }];
  const name = `${tier.toLowerCase()}-${action.toLowerCase()}`;
  return clusterPolicy(name, { tier, subject: one("x/a"), ingress, ...more });
}

/** Isolates x/a on ingress: only y may come in. */
const onlyY = policy("x/p", {
  podSelector: onlyA,
  policyTypes: ["Ingress"],
  ingress: [{ from: [fromY] }],
});

Deno.test("CNP-1: Admin decides before NetworkPolicy, and that before Baseline", () => {
  check(cluster(rule("Admin", "Accept"), onlyY, rule("Baseline", "Deny")), {
    allowed: ["y/b > x/a:80", "z/b > x/a:80"],
    denied: ["outside > x/a:80"], // NetworkPolicy's, as no rule of a tier is about it
  });
  check(cluster(rule("Admin", "Deny"), onlyY, rule("Baseline", "Accept")), {
    denied: ["y/b > x/a:80", "z/b > x/a:80"],
  });
  check(cluster(onlyY, rule("Baseline", "Deny")), {
    allowed: ["y/b > x/a:80"],
    denied: ["z/b > x/a:80"],
  });
  check(cluster(rule("Baseline", "Deny")), {
    allowed: ["outside > x/a:80", "y/b > x/c:80"],
    denied: ["y/b > x/a:80", "z/b > x/a:80"],
  });
  check(cluster(), { allowed: ["y/b > x/a:80"] });
});

Deno.test("CNP-1: Admin's word is final where Baseline says otherwise", () => {
  check(cluster(rule("Admin", "Accept"), rule("Baseline", "Deny")), { allowed: ["y/b > x/a:80"] });
  check(cluster(rule("Admin", "Deny"), rule("Baseline", "Accept")), { denied: ["y/b > x/a:80"] });
});

Deno.test("CNP-2: in each tier the lowest priority decides, whatever names and ages say", () => {
  const at = (name: string, priority: number, action: string): ApiObject =>
    clusterPolicy(name, { priority, subject: one("x/a"), ingress: [{ action, from: [anyPod] }] });
  const rows: readonly (readonly [accept: number, deny: number])[] = [
    [0, 1],
    [9, 10],
    [99, 1000],
    [2, 10],
  ];
  for (const [low, high] of rows) {
    for (const [first, second] of [["a", "b"], ["b", "a"]] as const) {
      const flow = ["y/b > x/a:80"];
      const accepted = [at(first, low, "Accept"), at(second, high, "Deny")];
      checkInBothTiers(accepted, { allowed: flow });
      checkInBothTiers(accepted.toReversed(), { allowed: flow });
      checkInBothTiers([at(first, low, "Deny"), at(second, high, "Accept")], { denied: flow });
    }
  }
});

Deno.test("CNP-2: priorities count within a tier only", () => {
  check(
    cluster(rule("Admin", "Deny", { priority: 1000 }), rule("Baseline", "Accept", { priority: 0 })),
    { denied: ["y/b > x/a:80"] },
  );
});

Deno.test("CNP-3: in a policy the first rule that matches decides", () => {
  const accept = { action: "Accept", from: [inside("y")] };
  const deny = { action: "Deny", from: [anyPod] };
  checkInBothTiers([into(accept, deny)], { allowed: ["y/b > x/a:80"], denied: ["z/b > x/a:80"] });
  checkInBothTiers([into(deny, accept)], { denied: ["y/b > x/a:80", "z/b > x/a:80"] });
});

Deno.test("CNP-3: rules of other ports in between change nothing, those that share one do", () => {
  const rules = (between: Fields): ApiObject =>
    into(
      { action: "Deny", from: [inside("z")], protocols: [port("tcp", 80)] },
      { action: "Accept", from: [anyPod], protocols: [between] },
      { action: "Deny", from: [anyPod], protocols: [port("tcp", 80)] },
    );
  const others = [port("udp", 80), port("tcp", 81), port("tcp", 81, 90), port("sctp", 1, 65535)];
  for (const between of others) {
    checkInBothTiers([rules(between)], { denied: ["y/b > x/a:80", "z/b > x/a:80"] });
  }
  for (const between of [port("tcp", 80), port("tcp", 80, 81), port("tcp", 1, 65535)]) {
    checkInBothTiers([rules(between)], {
      allowed: ["y/b > x/a:80"],
      denied: ["z/b > x/a:80"],
    });
  }
});

Deno.test("CNP-3: an Accept that a narrower Deny stands before leaves what both are about denied", () => {
  checkInBothTiers(
    [
      into(
        { action: "Accept", from: [inside("y")], protocols: [port("tcp", 80, 82)] },
        { action: "Deny", from: [anyPod], protocols: [port("tcp", 81, 83)] },
        { action: "Accept", from: [anyPod], protocols: [port("tcp", 80, 82)] },
        { action: "Deny", from: [anyPod] },
      ),
    ],
    {
      allowed: ["y/b > x/a:80", "y/b > x/a:81", "y/b > x/a:82", "z/b > x/a:80"],
      denied: ["z/b > x/a:81", "z/b > x/a:82", "y/b > x/a:83", "z/b > x/a:83", "z/b > x/a ICMP"],
    },
  );
});

Deno.test("CNP-6: Pass skips the rest of its tier: from Admin to NetworkPolicy to Baseline", () => {
  const pass = rule("Admin", "Pass", { priority: 1 });
  const deny = rule("Admin", "Deny", { priority: 2 });
  check(cluster(pass, deny, onlyY), { allowed: ["y/b > x/a:80"], denied: ["z/b > x/a:80"] });
  check(cluster(pass, deny, rule("Baseline", "Deny")), { denied: ["y/b > x/a:80"] });
  check(cluster(pass, deny, rule("Baseline", "Accept")), { allowed: ["y/b > x/a:80"] });
  check(cluster(pass, deny), { allowed: ["y/b > x/a:80"] });
});

Deno.test("CNP-6: Pass skips the rest of its own policy too", () => {
  const pass = { action: "Pass", from: [inside("y")] };
  const deny = { action: "Deny", from: [anyPod] };
  checkInBothTiers([into(pass, deny)], { allowed: ["y/b > x/a:80"], denied: ["z/b > x/a:80"] });
});

Deno.test("CNP-6: from Baseline, Pass leads to the default: allowed", () => {
  const pass = rule("Baseline", "Pass", { priority: 1 });
  check(cluster(pass, rule("Baseline", "Deny", { priority: 2 })), { allowed: ["y/b > x/a:80"] });
});

Deno.test("CNP-7: there is no implicit isolation: what no rule matches is the next tier's", () => {
  const other = { subject: one("x/a"), ingress: [{ action: "Accept", from: [inside("z")] }] };
  const flows = ["y/b > x/a:80", "outside > x/a:80", "x/a > y/b:80"];
  for (const tier of tiers) {
    check(cluster(clusterPolicy("p", { tier, ...other })), { allowed: flows });
  }
  check(cluster(clusterPolicy("p", other), onlyY), {
    allowed: ["y/b > x/a:80", "z/b > x/a:80"],
    denied: ["outside > x/a:80", "x/b > x/a:80"],
  });
  check(cluster(clusterPolicy("p", other), rule("Baseline", "Deny")), {
    allowed: ["z/b > x/a:80"],
    denied: ["y/b > x/a:80"],
  });
});

Deno.test("CNP-7: missing and empty lists of rules do not touch their direction", () => {
  const denyOut = [{ action: "Deny", to: [anywhere] }];
  const denyIn = [{ action: "Deny", from: [anyPod] }];
  for (const ingress of [{}, { ingress: [] }, { ingress: null }]) {
    const policies = [clusterPolicy("p", { subject: one("x/a"), ...ingress, egress: denyOut })];
    checkInBothTiers(policies, {
      allowed: ["y/b > x/a:80", "outside > x/a:80"],
      denied: ["x/a > y/b:80", "x/a > outside:80", "x/a > n1:80"],
    });
  }
  for (const egress of [{}, { egress: [] }, { egress: null }]) {
    const policies = [clusterPolicy("p", { subject: one("x/a"), ...egress, ingress: denyIn })];
    checkInBothTiers(policies, {
      allowed: ["x/a > y/b:80", "x/a > outside:80", "x/a > n1:80"],
      denied: ["y/b > x/a:80"],
    });
  }
});

Deno.test("CNP-17: of two at the same priority one decides, by name (corner case 39)", () => {
  const at = (name: string, action: string): ApiObject =>
    clusterPolicy(name, { subject: one("x/a"), ingress: [{ action, from: [anyPod] }] });
  const flow = ["y/b > x/a:80"];
  for (const order of [(list: ApiObject[]) => list, (list: ApiObject[]) => list.toReversed()]) {
    checkInBothTiers(order([at("a", "Accept"), at("b", "Deny")]), { allowed: flow });
    checkInBothTiers(order([at("a", "Deny"), at("b", "Accept")]), { denied: flow });
    checkInBothTiers(order([at("a", "Pass"), at("b", "Deny")]), { allowed: flow });
  }
});

Deno.test("CNP-17: at the same priority different subjects and peers are no conflict", () => {
  const denyZ = { action: "Deny", from: [inside("z")] };
  const acceptY = { action: "Accept", from: [inside("y")] };
  for (const [first, second] of [["a", "b"], ["b", "a"]] as const) {
    checkInBothTiers([
      clusterPolicy(first, { subject: inside("x"), ingress: [denyZ] }),
      clusterPolicy(second, { subject: one("x/a"), ingress: [acceptY, denyZ] }),
    ], {
      allowed: ["y/b > x/a:80", "y/b > x/c:80"],
      denied: ["z/b > x/a:80", "z/b > x/c:80"],
    });
  }
});

Deno.test("CNP-18: NetworkPolicy's word is final, allow or deny, per direction (corner case 37)", () => {
  const denyAll = clusterPolicy("b", {
    tier: "Baseline",
    ingress: [{ action: "Deny", from: [anyPod] }],
    egress: [{ action: "Deny", to: [anywhere] }],
  });
  const isolate = (...policyTypes: readonly string[]): ApiObject =>
    policy("x/p", { podSelector: onlyA, policyTypes, ingress: [{}], egress: [{}] });
  check(cluster(denyAll, isolate("Egress")), {
    allowed: ["x/a > outside:80"],
    denied: ["y/b > x/a:80", "x/a > y/b:80"],
  });
  check(cluster(denyAll, isolate("Ingress")), {
    allowed: ["outside > x/a:80"],
    denied: ["x/a > outside:80", "y/b > x/a:80"], // y's egress is Baseline's
  });
  check(cluster(denyAll, isolate("Ingress", "Egress")), { allowed: ["x/a > outside:80"] });
});

Deno.test("CNP-18: a pod that NetworkPolicy isolates is denied, whatever Baseline accepts", () => {
  const accept = { tier: "Baseline", ingress: [{ action: "Accept", from: [anyPod] }] };
  check(cluster(clusterPolicy("b", accept), onlyY), {
    allowed: ["y/b > x/a:80", "z/b > x/c:80"],
    denied: ["z/b > x/a:80"],
  });
});

Deno.test("CNP-19: Baseline decides only what NetworkPolicy does not", () => {
  const deny = clusterPolicy("b", {
    tier: "Baseline",
    subject: inside("x"),
    ingress: [{ action: "Deny", from: [anyPod] }],
  });
  check(cluster(deny, onlyY), {
    allowed: ["y/b > x/a:80"],
    denied: ["y/b > x/c:80", "z/b > x/a:80", "z/b > x/c:80"],
  });
});

Deno.test("CNP-20: what no tier matches is allowed", () => {
  const nothing = { action: "Deny", from: [inside("nowhere")] };
  checkInBothTiers([into(nothing)], {
    allowed: ["y/b > x/a:80", "outside > x/a:80", "x/a > y/b:80", "y/b > x/a ICMP"],
  });
});
