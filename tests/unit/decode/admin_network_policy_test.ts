import assert from "node:assert/strict";
import {
  decodeAdminNetworkPolicy,
  decodeBaselineAdminNetworkPolicy,
} from "../../../lib/decode/admin_network_policy.ts";
import {
  type Decode,
  decodeInOrder,
  makeAdminPolicy,
  makeBaselineAdminPolicy,
  printPeer,
  printRule,
  tellOf,
} from "./cluster_objects.ts";

const a = { matchLabels: { app: "a" } };
const everywhere = [{ namespaces: {} }];

Deno.test("CNP-1 an AdminNetworkPolicy stands in the Admin tier, at its priority", () => {
  const policy = decodeInOrder(decodeAdminNetworkPolicy, makeAdminPolicy({ priority: 7 }));
  const { kind, name, uid, tier, priority } = policy;
  assert.deepEqual([kind, name, uid], ["AdminNetworkPolicy", "web", "uid-of-web"]);
  assert.deepEqual([tier, priority], ["Admin", 7]);
});

Deno.test("CNP-1 the BaselineAdminNetworkPolicy stands last in the Baseline tier", () => {
  const policy = decodeInOrder(decodeBaselineAdminNetworkPolicy, makeBaselineAdminPolicy());
  const { kind, name, tier, priority } = policy;
  assert.deepEqual([kind, name], ["BaselineAdminNetworkPolicy", "default"]);
  assert.deepEqual([tier, priority], ["Baseline", 1001]);
});

Deno.test("CNP-4 Allow is Accept; Deny and Pass are themselves; order and names stay", () => {
  const actions = ["Pass", "Allow", "Deny"];
  const policy = makeAdminPolicy({
    ingress: actions.map((action) => ({ name: `says ${action}`, action, from: everywhere })),
    egress: actions.map((action) => ({ action, to: everywhere })),
  });
  const { ingress, egress } = decodeInOrder(decodeAdminNetworkPolicy, policy);
  const printed = ["Pass pods [] all", "Accept pods [] all", "Deny pods [] all"];
  assert.deepEqual(ingress.map(({ name }) => name), ["says Pass", "says Allow", "says Deny"]);
  assert.deepEqual([...ingress, ...egress].map(printRule), [...printed, ...printed]);
});

Deno.test("CNP-9 subjects are as those of ClusterNetworkPolicy", () => {
  const pods = { namespaceSelector: a, podSelector: {} };
  for (const subject of [{ namespaces: a }, { pods }]) {
    const policy = decodeInOrder(decodeAdminNetworkPolicy, makeAdminPolicy({ subject }));
    assert.equal(printPeer(policy.subject), "pods [app=a] all");
  }
});

Deno.test("CNP-10 CNP-12 CNP-13 peers are as those of ClusterNetworkPolicy", () => {
  const pods = { namespaceSelector: {}, podSelector: a };
  const to = [{ namespaces: a }, { pods }, { nodes: {} }, { networks: ["10.0.0.5/8", "::/0"] }];
  const rules = {
    egress: [{ action: "Deny", to }],
    ingress: [{ action: "Deny", from: [{ pods }] }],
  };
  for (
    const policy of [
      decodeInOrder(decodeAdminNetworkPolicy, makeAdminPolicy(rules)),
      decodeInOrder(decodeBaselineAdminNetworkPolicy, makeBaselineAdminPolicy(rules)),
    ]
  ) {
    assert.deepEqual([...policy.ingress, ...policy.egress].map(printRule), [
      "Deny pods [] app=a",
      "Deny pods [app=a] all or pods [] app=a or nodes all or networks 10.0.0.0/8, ::/0",
    ]);
  }
});

Deno.test("CNP-14 domain names are there for the Admin tier", () => {
  const policy = makeAdminPolicy({
    egress: [{ action: "Allow", to: [{ domainNames: ["*.Example.com."] }] }],
  });
  const { egress } = decodeInOrder(decodeAdminNetworkPolicy, policy);
  assert.deepEqual(egress.map(printRule), ["Accept names *.example.com"]);
});

const ports: readonly (readonly [ports: unknown, printed: string])[] = [
  [undefined, ""],
  [null, ""],
  [[{ portNumber: { protocol: "UDP", port: 53 } }], " to UDP 53"],
  [[{ portNumber: { port: 80 } }], " to TCP 80"],
  [[{ portRange: { protocol: "SCTP", start: 1, end: 65535 } }], " to SCTP 1-65535"],
  [[{ portRange: { start: 80, end: 80 } }, { namedPort: "http" }], ' to TCP 80 or "http"'],
];

for (const [entries, printed] of ports) {
  Deno.test(`CNP-15 CNP-16 the ports ${JSON.stringify(entries)} are${printed || " everything"}`, () => {
    const policy = makeAdminPolicy({
      ingress: [{ action: "Allow", from: everywhere, ports: entries }],
    });
    const { ingress } = decodeInOrder(decodeAdminNetworkPolicy, policy);
    assert.deepEqual(ingress.map(printRule), [`Accept pods [] all${printed}`]);
  });
}

const number = "expected a number from 1 to 65535";
const oneOfPorts = "expected an object with exactly one of portNumber, portRange or namedPort";

/** Entries of `ports` that are not understood, and what is said behind `ports[0]`. */
const refused: readonly (readonly [entry: unknown, told: string])[] = [
  [{}, `: found {}, ${oneOfPorts}`],
  [null, `: found null, ${oneOfPorts}`],
  [{ tcp: {} }, `: found {"tcp":{}}, ${oneOfPorts}`],
  [{ namedPort: "http", x: 1 }, `: found {"namedPort":"http","x":1}, ${oneOfPorts}`],
  [{ portNumber: 80 }, ".portNumber: found 80, expected an object"],
  [{ portNumber: {} }, `.portNumber.port: found nothing, ${number}`],
  [{ portNumber: { port: 0 } }, `.portNumber.port: found 0, ${number}`],
  [
    { portNumber: { protocol: "ICMP", port: 8 } },
    '.portNumber.protocol: found "ICMP", expected TCP, UDP or SCTP',
  ],
  [
    { portNumber: { port: 80, endPort: 90 } },
    '.portNumber: found "endPort", expected only protocol and port',
  ],
  [
    { portRange: { start: 90, end: 80 } },
    ".portRange.end: found 80, expected a number from 90 (start) to 65535",
  ],
  [{ portRange: { end: 80 } }, `.portRange.start: found nothing, ${number}`],
  [
    { namedPort: "HTTP" },
    '.namedPort: found "HTTP", expected a port\'s name: at most 15 of a-z, 0-9 and -',
  ],
];

for (const [entry, told] of refused) {
  Deno.test(`CNP-22 a rule with the port ${JSON.stringify(entry)} fails closed`, () => {
    for (const [action, printed] of [["Allow", "Accept nobody"], ["Pass", "Deny everyone"]]) {
      const policy = makeAdminPolicy({
        ingress: [{ action, from: everywhere, ports: [entry] }],
      });
      const { object } = decodeAdminNetworkPolicy(policy);
      assert.deepEqual(object?.ingress.map(printRule), [printed]);
      assert.deepEqual(tellOf(decodeAdminNetworkPolicy, policy), [
        `AdminNetworkPolicy web: spec.ingress[0].ports[0]${told}`,
      ]);
    }
  });
}

/** What the v1alpha1 kinds do not have, and how it fails closed in egress. */
const unknown:
  readonly (readonly [sentence: string, decode: Decode, rule: object, printed: string])[] = [
    [
      "v1alpha2's word for Allow",
      decodeAdminNetworkPolicy,
      { action: "Accept", to: everywhere },
      "Deny pods [] all",
    ],
    [
      "v1alpha2's word for ports",
      decodeAdminNetworkPolicy,
      { action: "Allow", to: everywhere, protocols: [] },
      "Accept nobody",
    ],
    [
      "pods without namespaceSelector, which v1alpha1 wants",
      decodeAdminNetworkPolicy,
      { action: "Allow", to: [{ pods: { podSelector: {} } }] },
      "Accept nobody",
    ],
    [
      "an unknown peer",
      decodeAdminNetworkPolicy,
      { action: "Pass", to: [{}], ports: [{ namedPort: "http" }] },
      "Deny everyone",
    ],
    [
      "Pass in the Baseline tier",
      decodeBaselineAdminNetworkPolicy,
      { action: "Pass", to: everywhere },
      "Deny pods [] all",
    ],
    [
      "domain names in the Baseline tier",
      decodeBaselineAdminNetworkPolicy,
      { action: "Allow", to: [{ domainNames: ["a.b"] }] },
      "Accept nobody",
    ],
  ];

for (const [sentence, decode, rule, printed] of unknown) {
  Deno.test(`CNP-22 ${decode.name}() closes a rule with ${sentence}`, () => {
    const make = decode === decodeAdminNetworkPolicy ? makeAdminPolicy : makeBaselineAdminPolicy;
    const { object, issues } = decode(make({ egress: [rule] }));
    assert.deepEqual(object?.egress.map(printRule), [printed]);
    assert.deepEqual([object?.broken, issues.length], [false, 1]);
  });
}

Deno.test("CNP-2 an AdminNetworkPolicy without priority denies everything, first in its tier", () => {
  const policy = makeAdminPolicy({
    priority: undefined,
    ingress: [{ action: "Allow", from: everywhere }],
  });
  const { object } = decodeAdminNetworkPolicy(policy);
  assert.deepEqual([object?.tier, object?.priority, object?.broken], ["Admin", 0, true]);
  assert.deepEqual(object?.ingress.map(printRule), ["Deny everyone"]);
});

Deno.test("a BaselineAdminNetworkPolicy that is not called default is broken", () => {
  const rules = { egress: [{ action: "Allow", to: everywhere }] };
  const policy = { ...makeBaselineAdminPolicy(rules), metadata: { name: "other" } };
  const { object } = decodeBaselineAdminNetworkPolicy(policy);
  assert.deepEqual([object?.name, object?.tier, object?.broken], ["other", "Baseline", true]);
  assert.deepEqual(object?.egress.map(printRule), ["Deny everyone"]);
  assert.deepEqual(tellOf(decodeBaselineAdminNetworkPolicy, policy), [
    'BaselineAdminNetworkPolicy other: metadata.name: found "other", expected the name default',
  ]);
});

Deno.test("a baseline without a subject is about every pod, and stays in its tier", () => {
  const policy = makeBaselineAdminPolicy({
    subject: undefined,
    ingress: [{ action: "Allow", from: everywhere }],
  });
  const { object } = decodeBaselineAdminNetworkPolicy(policy);
  assert.deepEqual([object?.tier, object?.priority, object?.broken], ["Baseline", 1001, true]);
  assert.equal(object && printPeer(object.subject), "pods [] all");
  assert.deepEqual(object?.ingress.map(printRule), ["Deny everyone"]);
});
