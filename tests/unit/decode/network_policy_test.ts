import assert from "node:assert/strict";
import { decodeNetworkPolicy } from "../../../lib/decode/network_policy.ts";
import { formatRange } from "../../../lib/model/address_value.ts";
import { formatSelector } from "../../../lib/model/labels.ts";
import {
  directions,
  type NetworkPolicy,
  type Peer,
  type PolicyRule,
} from "../../../lib/model/network_policy.ts";
import { makePolicy } from "../objects.ts";

/** Decodes a spec that has to be in order. */
function decodeSpec(spec: unknown): NetworkPolicy {
  const { object, issues } = decodeNetworkPolicy({ ...makePolicy("shop/web"), spec });
  assert.deepEqual(issues, []);
  assert.ok(object !== undefined && !object.broken);
  return object;
}

/** Prints peers so that rows can show them. */
function print(peer: Peer): string {
  if (peer.kind === "pods") {
    const { namespaceSelector, podSelector } = peer;
    const where = namespaceSelector && `[${formatSelector(namespaceSelector)}]`;
    return `${where ?? "own"} ${formatSelector(podSelector) || "all"}`;
  }
  const except = peer.except.map((range) => ` - ${formatRange(range)}`).join("");
  return `${formatRange(peer.cidr)}${except}`;
}

function onlyRule(rule: unknown): PolicyRule {
  const [decoded, ...others] = decodeSpec({ ingress: [rule] }).ingress;
  assert.deepEqual(others, []);
  assert.ok(decoded !== undefined);
  return decoded;
}

Deno.test("a policy is known by its namespace, its name and its UID", () => {
  const { namespace, name, uid } = decodeSpec({});
  assert.deepEqual([namespace, name, uid], ["shop", "web", "uid-of-shop-web"]);
});

Deno.test("kind and apiVersion may be absent, as they are in lists, and unknown fields are passed over", () => {
  const { object, issues } = decodeNetworkPolicy({
    metadata: { namespace: "shop", name: "web", madeUp: 1 },
    spec: { podSelector: {}, madeUp: true, ingress: [{ madeUp: {} }] },
    status: { madeUp: [] },
  });
  assert.deepEqual(issues, []);
  assert.deepEqual(object?.ingress, [{ ports: undefined, peers: undefined }]);
});

for (const spec of [{}, { podSelector: {} }, { podSelector: null }, undefined, null]) {
  Deno.test(`NP-2 ${JSON.stringify(spec)} selects every pod of the namespace`, () => {
    const { podSelector, policyTypes } = decodeSpec(spec);
    assert.deepEqual(podSelector, []);
    assert.deepEqual(policyTypes, ["ingress"]);
  });
}

const types: readonly (readonly [sentence: string, spec: unknown, types: readonly string[]])[] = [
  ["NP-3 policyTypes alone decides", { policyTypes: ["Egress"], ingress: [{}] }, ["egress"]],
  ["NP-3 duplicates collapse", { policyTypes: ["Ingress", "Ingress"] }, ["ingress"]],
  ["NP-3 the order is nothing", { policyTypes: ["Egress", "Ingress"] }, ["ingress", "egress"]],
  ["NP-4 nothing said is ingress", {}, ["ingress"]],
  ["NP-4 empty policyTypes is as absent", { policyTypes: [] }, ["ingress"]],
  ["NP-4 null policyTypes is as absent", { policyTypes: null, egress: null }, ["ingress"]],
  ["NP-4 a rule for egress adds it", { egress: [{}] }, ["ingress", "egress"]],
  ["NP-4 an empty list does not", { egress: [] }, ["ingress"]],
  ["NP-4 absent ingress stays", { egress: [{}], ingress: null }, ["ingress", "egress"]],
];

for (const [sentence, spec, expected] of types) {
  Deno.test(`${sentence}: ${JSON.stringify(spec)}`, () => {
    assert.deepEqual(decodeSpec(spec).policyTypes, expected);
  });
}

Deno.test("NP-3 rules of a direction that is not listed are inert", () => {
  const { ingress, egress } = decodeSpec({ policyTypes: ["Egress"], ingress: [{}], egress: [{}] });
  assert.deepEqual([ingress.length, egress.length], [0, 1]);
});

for (const ingress of [undefined, null, []]) {
  Deno.test(`NP-9 ingress ${JSON.stringify(ingress)} allows nothing`, () => {
    assert.deepEqual(decodeSpec({ policyTypes: ["Ingress"], ingress }).ingress, []);
  });
}

for (const rule of [{}, { from: null, ports: null }, { from: [], ports: [] }]) {
  Deno.test(`NP-9 NP-11 NP-12 the rule ${JSON.stringify(rule)} restricts nothing`, () => {
    assert.deepEqual(onlyRule(rule), { ports: undefined, peers: undefined });
  });
}

Deno.test("`from` is the side of ingress, and `to` that of egress", () => {
  const peers = [{ podSelector: {} }];
  const { ingress, egress } = decodeSpec({
    ingress: [{ from: peers }, { to: peers }],
    egress: [{ to: peers }, { from: peers }],
  });
  const known = [...ingress, ...egress].map((rule) => rule.peers?.length);
  assert.deepEqual(known, [1, undefined, 1, undefined]);
});

const a = { matchLabels: { app: "a" } };
const peers: readonly (readonly [sentence: string, peer: unknown, printed: string])[] = [
  ["NP-13 podSelector alone is about the own namespace", { podSelector: a }, "own app=a"],
  ["NP-13 an empty podSelector", { podSelector: {} }, "own all"],
  ["NP-13 null beside it is nothing", { podSelector: {}, namespaceSelector: null }, "own all"],
  ["NP-14 namespaceSelector alone is all their pods", { namespaceSelector: a }, "[app=a] all"],
  ["NP-14 an empty namespaceSelector", { namespaceSelector: {} }, "[] all"],
  ["NP-15 both", { namespaceSelector: {}, podSelector: a }, "[] app=a"],
  ["NP-23 a block", { ipBlock: { cidr: "10.0.0.0/8" } }, "10.0.0.0/8"],
  ["NP-23 except null", { ipBlock: { cidr: "10.0.0.0/8", except: null } }, "10.0.0.0/8"],
  [
    "NP-24 a block less others",
    { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16", "10.1.2.0/24"] } },
    "10.0.0.0/8 - 10.1.0.0/16 - 10.1.2.0/24",
  ],
  [
    "NP-27 a block of IPv6",
    { ipBlock: { cidr: "fd00::/8", except: ["fd01::/16"] } },
    "fd00::/8 - fd01::/16",
  ],
  [
    "NP-28 host bits",
    { ipBlock: { cidr: "10.0.0.5/8", except: ["10.1.2.3/16"] } },
    "10.0.0.0/8 - 10.1.0.0/16",
  ],
  ["NP-28 leading zeros", { ipBlock: { cidr: "010.0.0.0/08" } }, "10.0.0.0/8"],
  [
    "NP-28 an IPv4-mapped block is the IPv4 block",
    { ipBlock: { cidr: "::ffff:10.0.0.0/104", except: ["10.1.0.0/16"] } },
    "10.0.0.0/8 - 10.1.0.0/16",
  ],
];

for (const [sentence, peer, printed] of peers) {
  Deno.test(`${sentence}: ${JSON.stringify(peer)}`, () => {
    assert.deepEqual(onlyRule({ from: [peer] }).peers?.map(print), [printed]);
  });
}

const ports: readonly (readonly [sentence: string, port: unknown, decoded: unknown])[] = [
  ["NP-29 NP-30 an empty entry is all of TCP", {}, { kind: "protocol", protocol: "TCP" }],
  ["NP-29 null is as absent", { protocol: null, port: null, endPort: null }, {
    kind: "protocol",
    protocol: "TCP",
  }],
  ["NP-30 a protocol alone", { protocol: "UDP" }, { kind: "protocol", protocol: "UDP" }],
  ["NP-31 a number", { port: 80 }, {
    ...{ kind: "range", protocol: "TCP" },
    range: { first: 80, last: 80 },
  }],
  ["NP-32 a range", { port: 80, endPort: 90, protocol: "SCTP" }, {
    ...{ kind: "range", protocol: "SCTP" },
    range: { first: 80, last: 90 },
  }],
  ["NP-32 a range of one", { port: 65535, endPort: 65535 }, {
    ...{ kind: "range", protocol: "TCP" },
    range: { first: 65535, last: 65535 },
  }],
  ["NP-33 a name", { port: "http" }, { kind: "name", protocol: "TCP", name: "http" }],
  ["NP-36 a name of UDP", { port: "dns", protocol: "UDP" }, {
    ...{ kind: "name", protocol: "UDP", name: "dns" },
  }],
];

for (const [sentence, port, decoded] of ports) {
  Deno.test(`${sentence}: ${JSON.stringify(port)}`, () => {
    assert.deepEqual(onlyRule({ ports: [port] }).ports, [decoded]);
  });
}

Deno.test("an object that cannot be named is told, and is no policy", () => {
  for (
    const value of [undefined, null, 1, "x", [], {}, { metadata: {} }, { metadata: { name: 1 } }]
  ) {
    const { object, issues } = decodeNetworkPolicy(value);
    assert.equal(object, undefined);
    assert.notEqual(issues.length, 0);
  }
  const { issues } = decodeNetworkPolicy({ metadata: { name: "web" } });
  assert.deepEqual(issues, [{
    object: "NetworkPolicy web",
    field: "metadata.namespace",
    found: "nothing",
    expected: "a name of a-z, 0-9, - and .",
  }]);
});

Deno.test("a name that no object of the API has is told, and makes the policy broken", () => {
  const policy = makePolicy("shop/Web_1", { ingress: [{}] });
  const { object, issues } = decodeNetworkPolicy(policy);
  assert.deepEqual([object?.name, object?.broken, object?.ingress], ["Web_1", true, []]);
  assert.equal(issues[0]?.field, "metadata.name");
});

Deno.test("a name that could be mistaken for something else in a ruleset is no name", () => {
  for (const name of ['a"b', "a b", "a/b", "a\nb", "a;b", "", "x".repeat(254)]) {
    const policy = makePolicy("shop/web");
    assert.equal(
      decodeNetworkPolicy({ ...policy, metadata: { namespace: "shop", name } }).object,
      undefined,
    );
  }
});

Deno.test("selectors that read alike are alike", () => {
  const { podSelector } = decodeSpec({
    podSelector: {
      matchLabels: { tier: "front", app: "web" },
      matchExpressions: [
        { key: "app", operator: "In", values: ["web"] },
        { key: "env", operator: "NotIn", values: ["test", "dev", "test"] },
        { key: "old", operator: "DoesNotExist", values: [] },
        { key: "example.com/team", operator: "Exists", values: null },
      ],
    },
  });
  assert.equal(
    formatSelector(podSelector),
    "app=web,env notin (dev,test),example.com/team,!old,tier=front",
  );
});

Deno.test("NP-62 a broken policy keeps its pods and directions and has no rule, whichever it lists", () => {
  for (const direction of directions) {
    const policyTypes = [direction === "ingress" ? "Ingress" : "Egress"];
    const spec = { podSelector: a, policyTypes, ingress: [{}], egress: [{ ports: [{ port: 0 }] }] };
    const { object } = decodeNetworkPolicy({ ...makePolicy("shop/web"), spec });
    assert.ok(object?.broken);
    assert.equal(formatSelector(object.podSelector), "app=a");
    assert.deepEqual(object.policyTypes, [direction]);
    assert.deepEqual([object.ingress, object.egress], [[], []]);
  }
});
