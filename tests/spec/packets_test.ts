import assert from "node:assert/strict";
import { addresses, errorAbout, nodeWith, passes } from "./packets.ts";
import { check } from "./check.ts";
import { cluster } from "./cluster.ts";
import { policy } from "./objects.ts";

const { a, a6, b, b6, c, c6, cache, node, node6, outside, outside6, router, router6 } = addresses;
const onlyA = { matchLabels: { pod: "a" } };
const both = { policyTypes: ["Ingress", "Egress"] };
const closed = policy("x/closed", { podSelector: onlyA, ...both });

Deno.test("NP-40: genuine neighbour discovery always passes (corner case 25)", () => {
  const n1 = nodeWith(closed);
  for (const icmpv6Type of [133, 134, 135, 136, 137]) {
    const packet = { protocol: "ipv6-icmp", icmpv6Type, hopLimit: 255 } as const;
    for (const [saddr, daddr] of [[a6, c6], [c6, a6]] as const) {
      assert.ok(
        passes(n1, { ...packet, saddr, daddr, tracking: { state: "untracked" } }),
        `${icmpv6Type}`,
      );
    }
  }
  for (const icmpv6Type of [...toRouter, ...listenerDiscovery]) {
    assert.ok(passes(n1, toNode(icmpv6Type, genuineHopLimit(icmpv6Type))), `${icmpv6Type}`);
  }
});

Deno.test("NP-40: what a pod sends its node with another hop limit than genuine discovery has is judged", () => {
  const n1 = nodeWith(closed);
  for (const icmpv6Type of [...toRouter, ...listenerDiscovery]) {
    for (const hopLimit of [1, 2, 64, 254, 255]) {
      if (hopLimit === genuineHopLimit(icmpv6Type)) continue;
      assert.ok(!passes(n1, toNode(icmpv6Type, hopLimit)), `${icmpv6Type} with ${hopLimit}`);
    }
  }
});

const toRouter = [133, 135, 136];
const listenerDiscovery = [130, 131, 132, 143];

function genuineHopLimit(icmpv6Type: number): number {
  return toRouter.includes(icmpv6Type) ? 255 : 1;
}

function toNode(icmpv6Type: number, hopLimit: number): Parameters<typeof passes>[1] {
  return {
    ...{ protocol: "ipv6-icmp", icmpv6Type, hopLimit, hook: "input" },
    ...{ saddr: a6, daddr: node6, tracking: { state: "untracked" } },
  };
}

Deno.test("NP-40: what only looks like neighbour discovery is judged", () => {
  const n1 = nodeWith(closed);
  for (const icmpv6Type of [133, 134, 135, 136, 137]) {
    const packet = { protocol: "ipv6-icmp", icmpv6Type, hopLimit: 254 } as const;
    const tracking = { state: "untracked" } as const;
    assert.ok(!passes(n1, { ...packet, saddr: a6, daddr: outside6, tracking }), `${icmpv6Type}`);
    assert.ok(!passes(n1, { ...packet, saddr: outside6, daddr: a6, tracking }), `${icmpv6Type}`);
    assert.ok(passes(n1, { ...packet, saddr: c6, daddr: outside6, tracking }), `${icmpv6Type}`);
  }
  // A pod is no router of its node.
  for (const icmpv6Type of [134, 137]) {
    const packet = { protocol: "ipv6-icmp", icmpv6Type, hopLimit: 255, hook: "input" } as const;
    assert.ok(
      !passes(n1, { ...packet, saddr: a6, daddr: node6, tracking: { state: "untracked" } }),
      `${icmpv6Type}`,
    );
  }
});

Deno.test("NP-41: ICMP errors about a pod's own connections pass (corner case 26)", () => {
  const n1 = nodeWith(closed);
  const families = [
    { protocol: "icmp", pod: a, peer: outside, hop: router, own: node },
    { protocol: "ipv6-icmp", pod: a6, peer: outside6, hop: router6, own: node6 },
  ];
  for (const { protocol, pod, peer, hop, own } of families) {
    for (const tracking of [errorAbout(pod, peer), errorAbout(peer, pod)]) {
      const error = { protocol, icmpv6Type: 2, tracking };
      assert.ok(passes(n1, { ...error, saddr: hop, daddr: pod }), "from a router to the pod");
      assert.ok(passes(n1, { ...error, saddr: peer, daddr: pod }), "from the peer");
      assert.ok(passes(n1, { ...error, saddr: own, daddr: pod, hook: "output" }), "from the node");
      assert.ok(passes(n1, { ...error, saddr: pod, daddr: peer }), "from the pod");
    }
    const toNode = {
      protocol,
      icmpv6Type: 2,
      tracking: errorAbout(own, pod),
      hook: "input",
    } as const;
    assert.ok(passes(n1, { ...toNode, saddr: pod, daddr: own }), "from the pod to its node");
  }
});

Deno.test("NP-41: an isolated pod's errors about other pods' connections are forged, and dropped", () => {
  const n1 = nodeWith(closed);
  const families = [
    { protocol: "icmp", pod: a, others: [c, b, outside] as const },
    { protocol: "ipv6-icmp", pod: a6, others: [c6, b6, outside6] as const },
  ];
  for (const { protocol, pod, others: [client, server, victim] } of families) {
    const error = { protocol, icmpv6Type: 1, saddr: pod, tracking: errorAbout(client, server) };
    assert.ok(!passes(n1, { ...error, daddr: client }));
    assert.ok(!passes(n1, { ...error, daddr: server }));
    assert.ok(!passes(n1, { ...error, daddr: victim }));
    assert.ok(!passes(n1, { ...error, daddr: victim, hook: "input" }));
  }
});

Deno.test("NP-42: replies pass where the connection is allowed, whatever the other direction (corner case 27)", () => {
  check(cluster(policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"] })), {
    allowed: ["y/b > x/a:80", "outside > x/a:53/UDP", "n1 > x/a:80", "y/b > x/a ICMP"],
    denied: ["x/a > y/b:80", "x/a > outside:53/UDP", "x/a > n1:80", "x/a > y/b ICMP"],
  });
  check(cluster(policy("x/in", { podSelector: onlyA, policyTypes: ["Ingress"] })), {
    allowed: ["x/a > y/b:80", "x/a > outside:53/UDP", "x/a > n1:80", "x/a > n2:80"],
    denied: ["y/b > x/a:80", "outside > x/a:53/UDP", "n2 > x/a:80"],
  });
});

Deno.test("NP-42: both directions are judged apart: a reply opens nothing", () => {
  const egress = [{
    to: [{ namespaceSelector: { matchLabels: { ns: "y" } } }],
    ports: [{ port: 80 }],
  }];
  check(cluster(policy("x/p", { podSelector: onlyA, ...both, egress })), {
    allowed: ["x/a > y/b:80"],
    denied: ["y/b > x/a:80", "x/a > y/b:81"],
  });
});

Deno.test("NP-43: a connection is judged by the policies of the moment, packet by packet (corner case 28)", () => {
  const connection = { client: b, server: a, serverPort: 80, state: "established" } as const;
  const going = {
    saddr: b,
    daddr: a,
    protocol: "tcp",
    dport: 80,
    tracking: { ...connection, direction: "original" },
  } as const;
  const coming = {
    saddr: a,
    daddr: b,
    protocol: "tcp",
    tracking: { ...connection, direction: "reply" },
  } as const;
  const rule = (port: number): unknown => ({ ingress: [{ ports: [{ port }] }] });
  const allows = policy("x/p", {
    podSelector: onlyA,
    policyTypes: ["Ingress"],
    ...rule(80) as object,
  });
  const forbids = policy("x/p", {
    podSelector: onlyA,
    policyTypes: ["Ingress"],
    ...rule(81) as object,
  });
  for (
    const unrelated of [[], [policy("x/other", { podSelector: { matchLabels: { pod: "c" } } })]]
  ) {
    const before = nodeWith(allows, ...unrelated);
    assert.deepEqual([passes(before, going), passes(before, coming)], [true, true]);
    const after = nodeWith(forbids, ...unrelated);
    assert.deepEqual([passes(after, going), passes(after, coming)], [false, false]);
  }
});

Deno.test("NP-6: a packet without a connection is neither to nor from an isolated pod", () => {
  const n1 = nodeWith(
    policy("x/in", { podSelector: onlyA, policyTypes: ["Ingress"], ingress: [{}] }),
  );
  for (const state of ["invalid", "untracked"] as const) {
    const packet = { protocol: "tcp", dport: 80, tracking: { state } } as const;
    assert.ok(!passes(n1, { ...packet, saddr: a, daddr: outside }));
    assert.ok(!passes(n1, { ...packet, saddr: outside, daddr: a }));
    assert.ok(!passes(n1, { ...packet, saddr: a6, daddr: outside6 }));
    assert.ok(!passes(n1, { ...packet, saddr: outside6, daddr: a6 }));
    assert.ok(passes(n1, { ...packet, saddr: c, daddr: outside }));
  }
});

Deno.test("NP-47: to the node, a packet without a connection is judged by its header", () => {
  const to = [{ ipBlock: { cidr: `${cache}/32` } }];
  const n1 = nodeWith(
    policy("x/dns", {
      podSelector: onlyA,
      policyTypes: ["Egress"],
      egress: [{ to, ports: [{ port: 53, protocol: "UDP" }] }],
    }),
  );
  for (const state of ["invalid", "untracked"] as const) {
    const packet = { hook: "input", saddr: a, tracking: { state } } as const;
    assert.ok(passes(n1, { ...packet, daddr: cache, protocol: "udp", dport: 53 }));
    assert.ok(!passes(n1, { ...packet, daddr: cache, protocol: "udp", dport: 54 }));
    assert.ok(!passes(n1, { ...packet, daddr: cache, protocol: "tcp", dport: 53 }));
    assert.ok(!passes(n1, { ...packet, daddr: node, protocol: "udp", dport: 53 }));
    assert.ok(!passes(n1, { ...packet, daddr: node, protocol: "icmp" }));
    assert.ok(passes(n1, { ...packet, saddr: c, daddr: node, protocol: "icmp" }));
  }
});
