import assert from "node:assert/strict";
import { check } from "./check.ts";
import { cluster } from "./cluster.ts";
import { type ApiObject, clusterPolicy, type Fields, policy } from "./objects.ts";
import { addresses, errorAbout, nodeWith, passes } from "./packets.ts";
import { anyPod, anywhere, checkInBothTiers, inside, into, one, out, port } from "./tiers.ts";

const { a, a6, b, outside, outside6, router, router6 } = addresses;

const denyOut = { action: "Deny", to: [anywhere] };
const denyIn = { action: "Deny", from: [anyPod] };

Deno.test("CNP-4: Accept is final for its direction, and the other end's rules still apply", () => {
  const accept = out({ action: "Accept", to: [inside("y")] });
  const closed = policy("y/closed", {
    podSelector: { matchLabels: { pod: "b" } },
    policyTypes: ["Ingress"],
  });
  check(cluster(accept, closed), { allowed: ["x/a > y/a:80"], denied: ["x/a > y/b:80"] });
  const denied = clusterPolicy("deny", { subject: one("y/b"), ingress: [denyIn] });
  check(cluster(accept, denied), { allowed: ["x/a > y/a:80"], denied: ["x/a > y/b:80"] });
});

Deno.test("CNP-4: Accept in one direction says nothing of the other", () => {
  const policies = [
    clusterPolicy("p", {
      subject: one("x/a"),
      ingress: [{ action: "Accept", from: [inside("y")] }],
      egress: [denyOut],
    }),
  ];
  checkInBothTiers(policies, {
    allowed: ["y/b > x/a:80"],
    denied: ["x/a > y/b:80", "x/a > outside:80"],
  });
});

Deno.test("CNP-4: Accept covers related ICMP, and nobody can forge it", () => {
  const n1 = nodeWith(
    clusterPolicy("p", {
      subject: one("x/a"),
      egress: [{ action: "Accept", to: [anywhere], protocols: [port("tcp", 80)] }, denyOut],
      ingress: [denyIn],
    }),
  );
  const families = [
    { protocol: "icmp", pod: a, peer: outside, hop: router },
    { protocol: "ipv6-icmp", pod: a6, peer: outside6, hop: router6 },
  ];
  for (const { protocol, pod, peer, hop } of families) {
    const error = { protocol, icmpv6Type: 2, saddr: hop, daddr: pod };
    assert.ok(passes(n1, { ...error, tracking: errorAbout(pod, peer) }));
    const forged = { protocol, icmpv6Type: 2, saddr: pod, daddr: peer };
    assert.ok(!passes(n1, { ...forged, tracking: errorAbout(hop, peer) }));
  }
});

Deno.test("CNP-5: Deny is final, and drops without an answer (corner case 36)", () => {
  const open = policy("x/open", { podSelector: {}, ingress: [{}] });
  const node = nodeWith(into(denyIn), open);
  const packet = { saddr: b, daddr: a, protocol: "tcp", dport: 80 };
  const tracked = { client: b, server: a, serverPort: 80, direction: "original" } as const;
  for (const state of ["new", "established"] as const) {
    assert.ok(!passes(node, { ...packet, tracking: { ...tracked, state } }));
  }
  const rules = [...node.listing.chains.values()].flatMap((chain) => chain.rules);
  assert.deepEqual(node.listing.chains.get("deny-ingress")?.rules, ["counter drop"]);
  assert.deepEqual(rules.filter((rule) => /\breject\b/.test(rule)), []);
});

Deno.test("CNP-8: ingress and egress each go through all tiers, and both must allow", () => {
  const acceptOut = clusterPolicy("accept", {
    subject: inside("x"),
    egress: [{ action: "Accept", to: [inside("y")] }],
  });
  const denyInto = clusterPolicy("baseline", {
    tier: "Baseline",
    subject: inside("y"),
    ingress: [{ action: "Deny", from: [inside("x")] }],
  });
  check(cluster(acceptOut), { allowed: ["x/a > y/b:80"] });
  check(cluster(acceptOut, denyInto), { denied: ["x/a > y/b:80"], allowed: ["z/a > y/b:80"] });
  const opened = policy("y/open", {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ namespaceSelector: {} }] }],
  });
  check(cluster(acceptOut, denyInto, opened), { allowed: ["x/a > y/b:80"] });
  const deniedOut = clusterPolicy("z", { subject: inside("x"), priority: 1, egress: [denyOut] });
  check(cluster(acceptOut, denyInto, opened, deniedOut), { denied: ["x/a > y/b:80"] });
});

Deno.test("CNP-8: external ends have no side", () => {
  checkInBothTiers([out({ action: "Accept", to: [anywhere] }), into(denyIn)], {
    allowed: ["x/a > outside:80", "outside > x/a:80"],
    denied: ["y/b > x/a:80"],
  });
});

Deno.test("CNP-25: replies pass where the connection is accepted, whatever the other direction says", () => {
  const closedBut = (direction: "ingress" | "egress"): ApiObject =>
    clusterPolicy("p", {
      subject: one("x/a"),
      ingress: [...(direction === "ingress" ? [{ ...denyIn, action: "Accept" }] : []), denyIn],
      egress: [...(direction === "egress" ? [{ ...denyOut, action: "Accept" }] : []), denyOut],
    });
  checkInBothTiers([closedBut("ingress")], {
    allowed: ["y/b > x/a:80", "y/b > x/a:53/UDP", "y/b > x/a ICMP"],
    denied: ["x/a > y/b:80", "x/a > n1:80", "x/a > outside:53/UDP"],
  });
  checkInBothTiers([closedBut("egress")], {
    allowed: ["x/a > y/b:80", "x/a > n1:80", "x/a > outside:53/UDP", "x/a > y/b ICMP"],
    denied: ["y/b > x/a:80", "y/b > x/a ICMP"],
  });
});

Deno.test("CNP-25: an open connection is judged by the tiers of the moment, packet by packet", () => {
  const connection = { client: b, server: a, serverPort: 80, state: "established" } as const;
  const going = {
    ...{ saddr: b, daddr: a, protocol: "tcp", dport: 80 },
    tracking: { ...connection, direction: "original" },
  } as const;
  const coming = {
    ...{ saddr: a, daddr: b, protocol: "tcp" },
    tracking: { ...connection, direction: "reply" },
  } as const;
  const both = (...rules: readonly Fields[]): readonly boolean[] =>
    [going, coming].map((packet) => passes(nodeWith(into(...rules)), packet));
  assert.deepEqual(both({ ...denyIn, action: "Accept" }), [true, true]);
  assert.deepEqual(both(denyIn), [false, false]);
  assert.deepEqual(both({ ...denyIn, action: "Pass" }, denyIn), [true, true]);
});

Deno.test("CNP-28: behind a Service, the backend's address and port count", () => {
  const accept = (number: number): ApiObject =>
    out({
      action: "Accept",
      to: [{ networks: ["10.0.2.2/32", "fd00::2:2/128"] }],
      protocols: [port("tcp", number)],
    }, denyOut);
  checkInBothTiers([accept(8080)], { allowed: ["x/a > y/b:8080"], denied: ["x/a > y/b:80"] });
  const services = { networks: ["10.96.0.0/16", "fd00:96::/112"] };
  checkInBothTiers([out({ action: "Deny", to: [services] })], {
    allowed: ["x/a > y/b:80"],
    denied: ["x/a > 10.96.0.7:80"],
  });
});
