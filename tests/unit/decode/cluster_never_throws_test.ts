import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeAdminNetworkPolicy,
  decodeBaselineAdminNetworkPolicy,
} from "../../../lib/decode/admin_network_policy.ts";
import { decodeClusterNetworkPolicy } from "../../../lib/decode/cluster_network_policy.ts";
import type { Decoded } from "../../../lib/decode/decode.ts";
import type { ClusterNetworkPolicy, TierRule } from "../../../lib/model/cluster_network_policy.ts";
import { directions } from "../../../lib/model/network_policy.ts";
import {
  type Decode,
  makeAdminPolicy,
  makeBaselineAdminPolicy,
  makeClusterPolicy,
  printRule,
} from "./cluster_objects.ts";
import { anything, mutationsOf, pathsOf, replaceAt } from "./mutations.ts";

const selector = {
  matchLabels: { app: "web" },
  matchExpressions: [{ key: "tier", operator: "In", values: ["a", "b"] }],
};
const pods = [{ namespaces: selector }, {
  pods: { namespaceSelector: {}, podSelector: selector },
}];
const places = [{ nodes: selector }, { networks: ["10.0.0.0/8", "fd00::/8"] }];
const names = [{ domainNames: ["example.com", "*.example.com"] }];
const subject = { pods: { namespaceSelector: selector, podSelector: {} } };

const protocols = [
  { tcp: { destinationPort: { number: 80 } } },
  { sctp: { destinationPort: { range: { start: 80, end: 90 } } } },
  { destinationNamedPort: "http" },
];
const ports = [
  { portNumber: { protocol: "UDP", port: 53 } },
  { portRange: { protocol: "TCP", start: 80, end: 90 } },
  { namedPort: "http" },
];

const cluster = makeClusterPolicy({
  subject,
  ingress: ["Accept", "Deny", "Pass"].map((action) => ({ action, from: pods, protocols })),
  egress: [
    { name: "names", action: "Accept", to: names },
    ...["Accept", "Deny", "Pass"].map((action) => ({ action, to: [...pods, ...places] })),
  ],
});
const legacy = {
  subject,
  ingress: ["Allow", "Deny"].map((action) => ({ action, from: pods, ports })),
  egress: ["Deny", "Allow"].map((action) => ({ name: "there", action, to: places })),
};

const kinds: readonly (readonly [decode: Decode, object: { readonly spec: object }])[] = [
  [decodeClusterNetworkPolicy, cluster],
  [decodeAdminNetworkPolicy, makeAdminPolicy(legacy)],
  [decodeBaselineAdminNetworkPolicy, makeBaselineAdminPolicy(legacy)],
];

/** What CNP-22 makes of a rule that is not understood. */
const closed: ReadonlySet<string> = new Set(["Accept nobody", "Deny everyone"]);

/** Either understood, or told; and where something was told, closed. */
function assertSound({ object, issues }: Decoded<ClusterNetworkPolicy>): void {
  assert.ok(object !== undefined || issues.length > 0);
  for (const { field, found, expected } of issues) {
    assert.equal(typeof field, "string");
    assert.ok(found.length <= 60 && expected.length > 0);
  }
  if (object === undefined) return;
  if (object.broken) assert.ok(issues.length > 0);
  for (const direction of directions) {
    const rules: readonly TierRule[] = object[direction];
    if (object.broken) {
      assert.ok(rules.length <= 1 && rules.every((rule) => printRule(rule) === "Deny everyone"));
      continue;
    }
    for (const [i, rule] of rules.entries()) {
      const prefix = `spec.${direction}[${i}]`;
      const within = issues.filter(({ field }) => field.startsWith(prefix));
      assertRuleSound(rule, within.map(({ field }) => field.slice(prefix.length)));
    }
  }
}

/** Names of rules and single domain names close nothing; an unknown action is Deny. */
function assertRuleSound(rule: TierRule, told: readonly string[]): void {
  const serious = told.filter((field) => field !== ".name" && !/\.domainNames\[\d+\]$/.test(field));
  if (serious.some((field) => field !== ".action")) assert.ok(closed.has(printRule(rule)));
  if (serious.includes(".action")) assert.equal(rule.action, "Deny");
  if (serious.length === 0) assert.ok(!closed.has(printRule(rule)));
}

for (const [decode, object] of kinds) {
  Deno.test(`${decode.name}() understands the object that the tests below spoil`, () => {
    assert.deepEqual(decode(object).issues, []);
  });

  Deno.test(`${decode.name}() never throws, whatever value comes`, () => {
    fc.assert(fc.property(anything, (value) => assertSound(decode(value))), { numRuns: 1000 });
    const spoiled = anything.map((spec) => ({ ...object, spec }));
    fc.assert(fc.property(spoiled, (value) => assertSound(decode(value))), { numRuns: 1000 });
  });

  Deno.test(`${decode.name}() closes, and never throws, where something is amiss`, () => {
    const mutated = mutationsOf([object]);
    fc.assert(fc.property(mutated, (value) => assertSound(decode(value))), { numRuns: 3000 });
  });

  Deno.test(`CNP-22 ${decode.name}() closes a rule with a field of tomorrow at any depth, and no other`, () => {
    const intact = decode(object).object;
    for (const [direction, index, path] of rulePaths(object)) {
      const spoiled = replaceAt(object, [...path, "tomorrow"], {});
      const { object: policy, issues } = decode(spoiled);
      const expected = intact?.[direction].map((rule, i) => i === index ? closing(rule) : rule);
      assert.deepEqual(policy?.[direction], expected, path.join("."));
      assert.ok(issues.length === 1 && policy?.broken === false);
    }
  });
}

function closing({ name, action }: TierRule): TierRule {
  return action === "Accept"
    ? { name, action, peers: [], protocols: undefined }
    : { name, action: "Deny", peers: [{ kind: "everyone" }], protocols: undefined };
}

/** The paths to all objects within rules; those of requirements on labels never grow. */
function rulePaths(
  policy: object,
): readonly (readonly ["ingress" | "egress", number, readonly string[]])[] {
  const found = pathsOf(policy).flatMap((path) => {
    const [spec, direction, index] = path;
    const within = spec === "spec" && index !== undefined &&
      (direction === "ingress" || direction === "egress");
    const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], policy);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!within || !isObject || path.at(-2) === "matchExpressions") return [];
    return [[direction, Number(index), path] as const];
  });
  assert.ok(found.length > 20);
  return found;
}

Deno.test("a policy that holds itself is told like any other", () => {
  const spec: Record<string, unknown> = { tier: "Admin", priority: 1, subject: { namespaces: {} } };
  spec.ingress = [{ action: "Deny", from: [spec] }];
  const { object, issues } = decodeClusterNetworkPolicy({ metadata: { name: "a" }, spec });
  assert.deepEqual(issues.map(({ found }) => found), ["an object that JSON cannot hold"]);
  assert.deepEqual(object?.ingress.map(printRule), ["Deny everyone"]);
});
