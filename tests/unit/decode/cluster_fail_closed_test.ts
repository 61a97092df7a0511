import assert from "node:assert/strict";
import { decodeClusterNetworkPolicy } from "../../../lib/decode/cluster_network_policy.ts";
import { makeClusterPolicy, printRule, tellOf } from "./cluster_objects.ts";

const decode = decodeClusterNetworkPolicy;
const good = { namespaces: {} };
const port = { tcp: { destinationPort: { number: 80 } } };

/** What a rule that is not understood becomes (CNP-22). */
const closed: readonly (readonly [action: string, printed: string])[] = [
  ["Accept", "Accept nobody"],
  ["Deny", "Deny everyone"],
  ["Pass", "Deny everyone"],
];

const oneOfIngress = "an object with exactly one of namespaces or pods";
const oneOfEgress =
  "an object with exactly one of namespaces, pods, nodes, networks or domainNames";
const selectorFields = "only matchLabels and matchExpressions";

/** Peers of ingress rules that are not understood, and what is said of them behind `from[1]`. */
const ingressPeers: readonly (readonly [sentence: string, peer: unknown, told: string])[] = [
  ["CNP-22 a peer without fields", {}, `: found {}, expected ${oneOfIngress}`],
  ["CNP-22 a peer that is null", null, `: found null, expected ${oneOfIngress}`],
  ["CNP-22 a peer of tomorrow", { x: {} }, `: found {"x":{}}, expected ${oneOfIngress}`],
  [
    "CNP-22 a field of tomorrow beside a known one, which it may narrow",
    { namespaces: {}, x: {} },
    `: found {"namespaces":{},"x":{}}, expected ${oneOfIngress}`,
  ],
  [
    "CNP-22 two known fields",
    { namespaces: {}, pods: { podSelector: {} } },
    `: found {"namespaces":{},"pods":{"podSelector":{}}}, expected ${oneOfIngress}`,
  ],
  [
    "CNP-11 networks in ingress",
    { networks: ["::/0"] },
    `: found {"networks":["::/0"]}, expected ${oneOfIngress}`,
  ],
  ["CNP-11 nodes in ingress", { nodes: {} }, `: found {"nodes":{}}, expected ${oneOfIngress}`],
  [
    "CNP-11 domainNames in ingress",
    { domainNames: ["a.b"] },
    `: found {"domainNames":["a.b"]}, expected ${oneOfIngress}`,
  ],
  [
    "CNP-22 a selector with a field that is none of its own",
    { namespaces: { namespaceSelector: {} } },
    `.namespaces: found "namespaceSelector", expected ${selectorFields}`,
  ],
  [
    "CNP-22 a selector that the API server would refuse elsewhere",
    { namespaces: { matchExpressions: [{ key: "app", operator: "Gt", values: ["1"] }] } },
    '.namespaces.matchExpressions[0].operator: found "Gt", expected In, NotIn, Exists or DoesNotExist',
  ],
  [
    "CNP-22 a requirement with a field of tomorrow, which says how its values are meant",
    { namespaces: { matchExpressions: [{ key: "a", operator: "In", values: ["b"], x: true }] } },
    '.namespaces.matchExpressions[0]: found "x", expected only key, operator and values',
  ],
  ["CNP-22 namespaces as text", { namespaces: "a" }, '.namespaces: found "a", expected an object'],
  [
    "CNP-9 pods without podSelector",
    { pods: { namespaceSelector: {} } },
    ".pods.podSelector: found nothing, expected a label selector ({} selects all)",
  ],
  [
    "CNP-22 pods with a field of tomorrow",
    { pods: { podSelector: {}, x: 1 } },
    '.pods: found "x", expected only namespaceSelector and podSelector',
  ],
  [
    "CNP-22 pods as a list",
    { pods: [] },
    ".pods: found [], expected an object with podSelector",
  ],
];

for (const [sentence, peer, told] of ingressPeers) {
  Deno.test(`${sentence} fails closed, action by action`, () => {
    for (const [action, printed] of closed) {
      const rule = { action, from: [good, peer], protocols: [port] };
      const policy = makeClusterPolicy({ ingress: [rule] });
      assert.deepEqual(decode(policy).object?.ingress.map(printRule), [printed]);
      assert.deepEqual(tellOf(decode, policy), [
        `ClusterNetworkPolicy web: spec.ingress[0].from[1]${told}`,
      ]);
    }
  });
}

/** Rules that are not understood, and what is said of them behind `spec.egress[1]`. */
const egressRules: readonly (readonly [sentence: string, rule: object, told: string])[] = [
  [
    "corner case 40: `nodes` that the standard channel pruned",
    { to: [{}] },
    `.to[0]: found {}, expected ${oneOfEgress}`,
  ],
  ["no peers said", {}, ".to: found nothing, expected a list of at least one entry"],
  ["no peers", { to: [] }, ".to: found [], expected a list of at least one entry"],
  [
    "peers as an object",
    { to: good },
    '.to: found {"namespaces":{}}, expected a list of at least one entry',
  ],
  [
    "no networks",
    { to: [{ networks: [] }] },
    ".to[0].networks: found [], expected a list of at least one entry",
  ],
  [
    "a network that is none beside one that is",
    { to: [{ networks: ["10.0.0.0/8", "10.0.0.0"] }] },
    '.to[0].networks[1]: found "10.0.0.0", expected a CIDR block as 10.0.0.0/8 or fd00::/8',
  ],
  [
    "nodes by something new",
    { to: [{ nodes: { matchFields: [] } }] },
    `.to[0].nodes: found "matchFields", expected ${selectorFields}`,
  ],
  [
    "a field of tomorrow beside the peers",
    { to: [good], x: 1 },
    '.: found "x", expected only name, action, to and protocols',
  ],
  [
    "v1alpha1's word for protocols",
    { to: [good], ports: [] },
    '.: found "ports", expected only name, action, to and protocols',
  ],
  [
    "the other side's peers beside its own",
    { to: [good], from: [good] },
    '.: found "from", expected only name, action, to and protocols',
  ],
];

for (const [sentence, rule, told] of egressRules) {
  Deno.test(`CNP-22 a rule fails closed where there are ${sentence}; others keep their meaning`, () => {
    for (const [action, printed] of closed) {
      const other = { action: "Accept", to: [good], protocols: [port] };
      const policy = makeClusterPolicy({ egress: [other, { action, ...rule }, other] });
      assert.deepEqual(decode(policy).object?.egress.map(printRule), [
        "Accept pods [] all to TCP 80",
        printed,
        "Accept pods [] all to TCP 80",
      ]);
      assert.deepEqual(tellOf(decode, policy), [
        `ClusterNetworkPolicy web: spec.egress[1]${told.replace(/^\.:/, ":")}`,
      ]);
    }
  });
}

const oneOfProtocols = "an object with exactly one of tcp, udp, sctp or destinationNamedPort";
const portName = "a port's name: at most 15 of a-z, 0-9 and -";

/** Entries of `protocols` that are not understood, and what is said behind `protocols[1]`. */
const entries: readonly (readonly [sentence: string, entry: unknown, told: string])[] = [
  ["an entry without fields", {}, `: found {}, expected ${oneOfProtocols}`],
  ["a null", null, `: found null, expected ${oneOfProtocols}`],
  ["a protocol of tomorrow", { icmp: {} }, `: found {"icmp":{}}, expected ${oneOfProtocols}`],
  [
    "two protocols in one entry",
    { ...port, destinationNamedPort: "http" },
    `: found {"tcp":{"destinationPort":{"number":80}},"destinationNamedP…, expected ${oneOfProtocols}`,
  ],
  [
    "`tcp: {}` (CNP-15, corner case 40)",
    { tcp: {} },
    ".tcp: found {}, expected an object with destinationPort and nothing else",
  ],
  [
    "an attribute of tomorrow beside the port",
    { tcp: { destinationPort: { number: 80 }, x: 1 } },
    '.tcp: found {"destinationPort":{"number":80},"x":1}, expected an object with destinationPort and nothing else',
  ],
  [
    "a port that is neither number nor range",
    { udp: { destinationPort: {} } },
    ".udp.destinationPort: found {}, expected an object with exactly one of number or range",
  ],
  [
    "a port that is both",
    { udp: { destinationPort: { number: 1, range: { start: 1, end: 2 } } } },
    '.udp.destinationPort: found {"number":1,"range":{"start":1,"end":2}}, expected an object with exactly one of number or range',
  ],
  ...[0, 65536, -1, 80.5, "80"].map((number) =>
    [
      `the port ${JSON.stringify(number)}`,
      { sctp: { destinationPort: { number } } },
      `.sctp.destinationPort.number: found ${
        JSON.stringify(number)
      }, expected a number from 1 to 65535`,
    ] as const
  ),
  [
    "a range that runs backwards",
    { tcp: { destinationPort: { range: { start: 90, end: 80 } } } },
    ".tcp.destinationPort.range.end: found 80, expected a number from 90 (start) to 65535",
  ],
  [
    "a range without an end",
    { tcp: { destinationPort: { range: { start: 90 } } } },
    ".tcp.destinationPort.range.end: found nothing, expected a number from 90 (start) to 65535",
  ],
  [
    "a range without a start",
    { tcp: { destinationPort: { range: { end: 90 } } } },
    ".tcp.destinationPort.range.start: found nothing, expected a number from 1 to 65535",
  ],
  [
    "a range with a field of tomorrow",
    { tcp: { destinationPort: { range: { start: 1, end: 9, except: [2] } } } },
    '.tcp.destinationPort.range: found "except", expected only start and end',
  ],
  [
    "a range as text",
    { tcp: { destinationPort: { range: "1-9" } } },
    '.tcp.destinationPort.range: found "1-9", expected an object with start and end',
  ],
  ...["", "80", "HTTP", "a--b", "x".repeat(16), 80].map((name) =>
    [
      `the port name ${JSON.stringify(name)}, which no pod can declare (CNP-16)`,
      { destinationNamedPort: name },
      `.destinationNamedPort: found ${JSON.stringify(name)}, expected ${portName}`,
    ] as const
  ),
];

for (const [sentence, entry, told] of entries) {
  Deno.test(`CNP-22 a rule fails closed where protocols hold ${sentence}`, () => {
    for (const [action, printed] of closed) {
      const rule = { action, from: [good], protocols: [port, entry] };
      const policy = makeClusterPolicy({ ingress: [rule] });
      assert.deepEqual(decode(policy).object?.ingress.map(printRule), [printed]);
      assert.deepEqual(tellOf(decode, policy), [
        `ClusterNetworkPolicy web: spec.ingress[0].protocols[1]${told}`,
      ]);
    }
  });
}

for (const protocols of [[], {}, "TCP"]) {
  Deno.test(`CNP-15 CNP-22 protocols ${JSON.stringify(protocols)} are neither all nor none`, () => {
    for (const [action, printed] of closed) {
      const policy = makeClusterPolicy({ ingress: [{ action, from: [good], protocols }] });
      assert.deepEqual(decode(policy).object?.ingress.map(printRule), [printed]);
      assert.equal(tellOf(decode, policy).length, 1);
    }
  });
}

for (const action of [undefined, null, "", "Allow", "accept", "Log", 1, {}]) {
  Deno.test(`CNP-22 the action ${JSON.stringify(action)} denies what its rule matches`, () => {
    const policy = makeClusterPolicy({
      ingress: [
        { action, from: [good], protocols: [port] },
        { action, from: [{}] },
      ],
    });
    assert.deepEqual(decode(policy).object?.ingress.map(printRule), [
      "Deny pods [] all to TCP 80",
      "Deny everyone",
    ]);
    const found = JSON.stringify(action) ?? "nothing";
    assert.deepEqual(
      tellOf(decode, policy)[0],
      `ClusterNetworkPolicy web: spec.ingress[0].action: found ${found}, expected Accept, Deny or Pass`,
    );
  });
}

for (const rule of [null, "Deny", []]) {
  Deno.test(`CNP-22 the rule ${JSON.stringify(rule)} denies everything`, () => {
    const policy = makeClusterPolicy({ egress: [rule] });
    assert.deepEqual(decode(policy).object?.egress.map(printRule), ["Deny everyone"]);
    assert.deepEqual(tellOf(decode, policy), [
      `ClusterNetworkPolicy web: spec.egress[0]: found ${JSON.stringify(rule)}, expected an object`,
    ]);
  });
}

Deno.test("CNP-22 rules keep their names when they fail closed", () => {
  const rules = closed.map(([action]) => ({ name: `to ${action}`, action, to: [{}] }));
  const { object } = decode(makeClusterPolicy({ egress: rules }));
  assert.deepEqual(object?.egress.map(({ name }) => name), ["to Accept", "to Deny", "to Pass"]);
});

Deno.test("a rule's name that is no text is told, and the rule keeps its meaning", () => {
  const policy = makeClusterPolicy({ egress: [{ name: 5, action: "Pass", to: [good] }] });
  assert.deepEqual(decode(policy).object?.egress.map(printRule), ["Pass pods [] all"]);
  assert.deepEqual(tellOf(decode, policy), [
    "ClusterNetworkPolicy web: spec.egress[0].name: found 5, expected a string",
  ]);
});
