import assert from "node:assert/strict";
import { decodeClusterNetworkPolicy } from "../../../lib/decode/cluster_network_policy.ts";
import { makeClusterPolicy, printPeer, printRule, tellOf } from "./cluster_objects.ts";

const decode = decodeClusterNetworkPolicy;
const accept = { action: "Accept", from: [{ namespaces: {} }] };
const a = { matchLabels: { app: "a" } };
const rules = { subject: { namespaces: a }, ingress: [accept, accept] };

/** Prints a broken policy: its place, its subject, its directions. */
function printBroken(value: unknown): string {
  const { object } = decode(value);
  assert.ok(object?.broken);
  const { tier, priority, subject, ingress, egress } = object;
  const denied = Object.entries({ ingress, egress }).flatMap(([direction, rules]) =>
    rules.map((rule) => `${printRule(rule)} in ${direction}`)
  );
  return `${tier} ${priority} ${printPeer(subject)}: ${denied.join(", ") || "nothing"}`;
}

const oneOf = "expected an object with exactly one of namespaces or pods";
const inIngress = "Deny everyone in ingress";

/** Specs that are broken, how they are then taken, and what is said of them behind `spec`. */
const broken: readonly (readonly [spec: object, printed: string, told: string])[] = [
  ...[undefined, null, -1, 1001, 1.5, "10", {}].map((priority) =>
    [
      { priority },
      `Admin 0 pods [app=a] all: ${inIngress}`,
      `.priority: found ${JSON.stringify(priority) ?? "nothing"}, expected a number from 0 to 1000`,
    ] as const
  ),
  [
    { tier: "Baseline", priority: 2000 },
    `Baseline 0 pods [app=a] all: ${inIngress}`,
    ".priority: found 2000, expected a number from 0 to 1000",
  ],
  ...[undefined, "admin", "NetworkPolicy", "Platform", 1].map((tier) =>
    [
      { tier },
      `Admin 0 pods [app=a] all: ${inIngress}`,
      `.tier: found ${JSON.stringify(tier) ?? "nothing"}, expected Admin or Baseline`,
    ] as const
  ),
  ...[undefined, null, {}, [], "a", { x: {} }, { namespaces: {}, x: 1 }].map((subject) =>
    [
      { subject },
      `Admin 10 pods [] all: ${inIngress}`,
      `.subject: found ${JSON.stringify(subject) ?? "nothing"}, ${oneOf}`,
    ] as const
  ),
  [
    { tier: "Baseline", subject: {} },
    `Baseline 10 pods [] all: ${inIngress}`,
    `.subject: found {}, ${oneOf}`,
  ],
  [
    { subject: { pods: { namespaceSelector: a } } },
    `Admin 10 pods [app=a] all: ${inIngress}`,
    ".subject.pods.podSelector: found nothing, expected a label selector ({} selects all)",
  ],
  [
    { subject: { namespaces: { sameLabels: ["team"] } } },
    `Admin 10 pods [] all: ${inIngress}`,
    '.subject.namespaces: found "sameLabels", expected only matchLabels and matchExpressions',
  ],
  [
    { subject: { namespaces: { ...a, sameLabels: ["team"] } } },
    `Admin 10 pods [app=a] all: ${inIngress}`,
    '.subject.namespaces: found "sameLabels", expected only matchLabels and matchExpressions',
  ],
  [
    { subject: { namespaces: { ...a, matchExpressions: [{ key: "team", operator: "in" }] } } },
    `Admin 10 pods [app=a] all: ${inIngress}`,
    '.subject.namespaces.matchExpressions[0].operator: found "in", ' +
    "expected In, NotIn, Exists or DoesNotExist",
  ],
  [
    {
      subject: {
        namespaces: {
          ...a,
          matchExpressions: [{ key: "team", operator: "In", values: ["red", "-"] }],
        },
      },
    },
    `Admin 10 pods [app=a] all: ${inIngress}`,
    '.subject.namespaces.matchExpressions[0].values[1]: found "-", ' +
    "expected a label value: at most 63 of A-Z, a-z, 0-9, -, _ and .",
  ],
  [
    { subject: {}, ingress: [], egress: [{ ...accept, from: undefined, to: accept.from }] },
    "Admin 10 pods [] all: Deny everyone in egress",
    `.subject: found {}, ${oneOf}`,
  ],
  [
    { subject: {}, ingress: undefined },
    "Admin 10 pods [] all: nothing",
    `.subject: found {}, ${oneOf}`,
  ],
  [
    { egress: {} },
    `Admin 10 pods [app=a] all: ${inIngress}, Deny everyone in egress`,
    ".egress: found {}, expected a list",
  ],
];

for (const [spec, printed, told] of broken) {
  Deno.test(`fails closed as ${printed}: found ${JSON.stringify(spec)}`, () => {
    const policy = makeClusterPolicy({ ...rules, ...spec });
    assert.equal(printBroken(policy), printed);
    assert.deepEqual(tellOf(decode, policy), [`ClusterNetworkPolicy web: spec${told}`]);
  });
}

for (const spec of ["Deny", 5, [], true]) {
  Deno.test(`a spec that is ${JSON.stringify(spec)} denies everything to everyone`, () => {
    const policy = { ...makeClusterPolicy(), spec };
    const printed = `Admin 0 pods [] all: ${inIngress}, Deny everyone in egress`;
    assert.equal(printBroken(policy), printed);
    assert.equal(tellOf(decode, policy).length, 1);
  });
}

for (const spec of [undefined, null, {}]) {
  Deno.test(`CNP-7 a spec that is ${JSON.stringify(spec)} is broken and names no direction`, () => {
    assert.equal(printBroken({ ...makeClusterPolicy(), spec }), "Admin 0 pods [] all: nothing");
  });
}

Deno.test("all that is amiss is told at once", () => {
  const policy = makeClusterPolicy({
    ...{ tier: "x", priority: -1, subject: {} },
    ingress: [{ action: "x", from: [{}], protocols: [{}] }],
    egress: [{ action: "Pass", to: [{ x: 1 }, { y: 1 }], protocols: [{ z: 1 }] }],
  });
  const fields = decode(policy).issues.map(({ field }) => field);
  assert.deepEqual(fields, [
    ...["spec.tier", "spec.priority", "spec.subject", "spec.ingress[0].action"],
    ...["spec.ingress[0].from[0]", "spec.ingress[0].protocols[0]"],
    ...["spec.egress[0].to[0]", "spec.egress[0].to[1]", "spec.egress[0].protocols[0]"],
  ]);
});

Deno.test("a field of spec that a newer CRD has is told, and the rest keeps its meaning", () => {
  const policy = makeClusterPolicy({ ingress: [accept], logging: true });
  const { object } = decode(policy);
  assert.equal(object?.broken, false);
  assert.deepEqual(object?.ingress.map(printRule), ["Accept pods [] all"]);
  assert.deepEqual(tellOf(decode, policy), [
    'ClusterNetworkPolicy web: spec: found "logging", expected only tier, priority, subject, ingress and egress',
  ]);
});

for (const value of [undefined, null, "web", [], {}, { metadata: {} }, { metadata: { name: 5 } }]) {
  Deno.test(`${JSON.stringify(value)} cannot be named, and that is told`, () => {
    const { object, issues } = decode(value);
    assert.equal(object, undefined);
    assert.deepEqual(issues.map(({ object }) => object), ["ClusterNetworkPolicy"]);
  });
}
