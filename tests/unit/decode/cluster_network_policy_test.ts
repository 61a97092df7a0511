import assert from "node:assert/strict";
import { decodeClusterNetworkPolicy } from "../../../lib/decode/cluster_network_policy.ts";
import type { ClusterNetworkPolicy } from "../../../lib/model/cluster_network_policy.ts";
import { decodeInOrder, makeClusterPolicy, printPeer, printRule } from "./cluster_objects.ts";

/** Decodes a spec that has to be in order. */
function decodeSpec(spec: object): ClusterNetworkPolicy {
  return decodeInOrder(decodeClusterNetworkPolicy, makeClusterPolicy(spec));
}

function printEgress(rule: object): readonly string[] {
  return decodeSpec({ egress: [rule] }).egress.map(printRule);
}

const a = { matchLabels: { app: "a" } };
const everywhere = [{ namespaces: {} }];

Deno.test("a cluster policy is known by its kind, its name and its UID", () => {
  const { kind, name, uid } = decodeSpec({});
  assert.deepEqual([kind, name, uid], ["ClusterNetworkPolicy", "web", "uid-of-web"]);
});

Deno.test("kind and apiVersion may be absent, and fields beside spec are passed over", () => {
  const { spec } = makeClusterPolicy();
  const policy = decodeInOrder(decodeClusterNetworkPolicy, {
    metadata: { name: "web", madeUp: 1 },
    spec,
    status: { conditions: [] },
    madeUp: {},
  });
  assert.deepEqual([policy.kind, policy.uid], ["ClusterNetworkPolicy", ""]);
});

for (const tier of ["Admin", "Baseline"]) {
  for (const priority of [0, 1, 1000]) {
    Deno.test(`CNP-1 CNP-2 ${tier} ${priority} is where the policy stands`, () => {
      const policy = decodeSpec({ tier, priority });
      assert.deepEqual([policy.tier, policy.priority], [tier, priority]);
    });
  }
}

Deno.test("CNP-3 rules keep their order, their names and their actions", () => {
  const from = everywhere;
  const { ingress } = decodeSpec({
    ingress: [
      { name: "first", action: "Pass", from },
      { action: "Deny", from },
      { name: "third", action: "Accept", from },
    ],
  });
  assert.deepEqual(ingress.map(({ name, action }) => [name, action]), [
    ["first", "Pass"],
    ["", "Deny"],
    ["third", "Accept"],
  ]);
});

for (const action of ["Accept", "Deny", "Pass"]) {
  for (const tier of ["Admin", "Baseline"]) {
    Deno.test(`CNP-4 CNP-5 CNP-6 ${action} is an action of the tier ${tier}`, () => {
      const { egress } = decodeSpec({ tier, egress: [{ action, to: everywhere }] });
      assert.deepEqual(egress.map(printRule), [`${action} pods [] all`]);
    });
  }
}

for (const none of [undefined, null, []]) {
  Deno.test(`CNP-7 ingress ${JSON.stringify(none)} is no concern of the policy`, () => {
    const { ingress, egress } = decodeSpec({
      ingress: none,
      egress: [{ action: "Deny", to: everywhere }],
    });
    assert.deepEqual([ingress.length, egress.length], [0, 1]);
  });
}

Deno.test("CNP-8 `from` is the side of ingress, and `to` that of egress", () => {
  const { ingress, egress } = decodeSpec({
    ingress: [{ action: "Accept", from: [{ namespaces: a }] }],
    egress: [{ action: "Deny", to: [{ pods: { podSelector: a } }] }],
  });
  assert.deepEqual([...ingress, ...egress].map(printRule), [
    "Accept pods [app=a] all",
    "Deny pods [] app=a",
  ]);
});

const subjects: readonly (readonly [subject: object, printed: string])[] = [
  [{ namespaces: {} }, "pods [] all"],
  [{ namespaces: a }, "pods [app=a] all"],
  [{ namespaces: a, pods: null }, "pods [app=a] all"],
  [{ pods: { podSelector: {} } }, "pods [] all"],
  [{ pods: { namespaceSelector: null, podSelector: a } }, "pods [] app=a"],
  [{ pods: { namespaceSelector: {}, podSelector: a } }, "pods [] app=a"],
  [{ pods: { namespaceSelector: a, podSelector: {} } }, "pods [app=a] all"],
];

for (const [subject, printed] of subjects) {
  Deno.test(`CNP-9 the subject ${JSON.stringify(subject)} is ${printed}`, () => {
    assert.equal(printPeer(decodeSpec({ subject }).subject), printed);
  });
}

const peers: readonly (readonly [sentence: string, peer: object, printed: string])[] = [
  ["CNP-10 all pods of namespaces", { namespaces: a }, "pods [app=a] all"],
  ["CNP-10 some pods", { pods: { namespaceSelector: a, podSelector: a } }, "pods [app=a] app=a"],
  ["CNP-12 all nodes", { nodes: {} }, "nodes all"],
  [
    "CNP-12 some nodes",
    { nodes: { matchExpressions: [{ key: "edge", operator: "Exists" }] } },
    "nodes edge",
  ],
  [
    "CNP-13 networks of both families",
    { networks: ["10.0.0.0/8", "fd00::/8", "10.1.2.3/32"] },
    "networks 10.0.0.0/8, fd00::/8, 10.1.2.3",
  ],
  ["CNP-13 host bits are masked", { networks: ["10.0.0.5/8"] }, "networks 10.0.0.0/8"],
  ["CNP-13 everything", { networks: ["0.0.0.0/0", "::/0"] }, "networks 0.0.0.0/0, ::/0"],
  [
    "CNP-14 names, exact and wildcard",
    { domainNames: ["Example.COM.", "*.example.com"] },
    "names example.com, *.example.com",
  ],
];

for (const [sentence, peer, printed] of peers) {
  Deno.test(`${sentence}: ${JSON.stringify(peer)}`, () => {
    assert.deepEqual(printEgress({ action: "Accept", to: [peer] }), [`Accept ${printed}`]);
  });
}

Deno.test("peers of one rule stand in their order, any of them", () => {
  const to = [{ networks: ["10.0.0.0/8"] }, { nodes: {} }, { namespaces: {} }];
  assert.deepEqual(printEgress({ action: "Deny", to }), [
    "Deny networks 10.0.0.0/8 or nodes all or pods [] all",
  ]);
});

const protocols: readonly (readonly [sentence: string, entries: unknown, printed: string])[] = [
  ["CNP-15 absent is everything", undefined, ""],
  ["CNP-15 null is as absent", null, ""],
  ["CNP-15 a number", [{ tcp: { destinationPort: { number: 80 } } }], " to TCP 80"],
  [
    "CNP-15 a range",
    [{ udp: { destinationPort: { range: { start: 1, end: 65535 } } } }],
    " to UDP 1-65535",
  ],
  [
    "CNP-15 a range of one port, which the CRD refuses, is that port",
    [{ tcp: { destinationPort: { range: { start: 80, end: 80 } } } }],
    " to TCP 80",
  ],
  [
    "CNP-15 any of the entries",
    [
      { sctp: { destinationPort: { number: 65535 } } },
      { destinationNamedPort: "http" },
      { tcp: { destinationPort: { number: 1, range: null } }, udp: null },
    ],
    ' to SCTP 65535 or "http" or TCP 1',
  ],
];

for (const [sentence, entries, printed] of protocols) {
  Deno.test(`${sentence}: ${JSON.stringify(entries)}`, () => {
    const rule = { action: "Pass", to: everywhere, protocols: entries };
    assert.deepEqual(printEgress(rule), [`Pass pods [] all${printed}`]);
  });
}

for (const peer of [{ networks: ["10.0.0.0/8"] }, { nodes: {} }]) {
  Deno.test(`CNP-16 a port's name beside ${JSON.stringify(peer)} stays, to match nothing`, () => {
    const rule = { action: "Deny", to: [peer], protocols: [{ destinationNamedPort: "http" }] };
    assert.match(printEgress(rule)[0] ?? "", / to "http"$/);
  });
}

Deno.test("CNP-23 more than the CRD allows is taken as it comes", () => {
  const networks = Array.from({ length: 300 }, (_, i) => `10.0.${i % 256}.0/24`);
  const rule = { name: "n".repeat(200), action: "Accept", from: Array(30).fill(everywhere[0]) };
  const { ingress, egress } = decodeSpec({
    ingress: Array(300).fill(rule),
    egress: [{ action: "Deny", to: [{ networks }] }],
  });
  assert.deepEqual([ingress.length, ingress[0]?.peers.length], [300, 30]);
  const [peer] = egress[0]?.peers ?? [];
  assert.equal(peer?.kind === "networks" && peer.ranges.length, 300);
});
