import assert from "node:assert/strict";
import { decodeNetworkPolicy } from "../../../lib/decode/network_policy.ts";
import { formatIssue } from "../../../lib/model/issue.ts";
import { makePolicy } from "../objects.ts";

/** What the API refuses, and what is said of it behind `NetworkPolicy shop/web: `. */
const refused: readonly (readonly [spec: unknown, issue: string])[] = [
  ...[0, -1, 65536, 80.5, true, {}, []].map((port) =>
    [
      { ingress: [{ ports: [{ port }] }] },
      `spec.ingress[0].ports[0].port: found ${
        JSON.stringify(port)
      }, expected a number from 1 to 65535, or a port's name`,
    ] as const
  ),
  ...["80", "", "HTTP", "http_1", "-http", "http-", "ht--tp", "sixteen-letters-", "x".repeat(16)]
    .map((port) =>
      [
        { egress: [{}, { ports: [{}, { port }] }] },
        `spec.egress[1].ports[1].port: found "${port}", expected a number from 1 to 65535, or a port's name`,
      ] as const
    ),
  ...["tcp", "", "ICMP", 6, {}].map((protocol) =>
    [
      { ingress: [{ ports: [{ protocol, port: 80 }] }] },
      `spec.ingress[0].ports[0].protocol: found ${
        JSON.stringify(protocol)
      }, expected TCP, UDP or SCTP`,
    ] as const
  ),
  ...[79, 0, 65536, "90", 90.5].map((endPort) =>
    [
      { ingress: [{ ports: [{ port: 80, endPort }] }] },
      `spec.ingress[0].ports[0].endPort: found ${
        JSON.stringify(endPort)
      }, expected a number from 80 (port) to 65535`,
    ] as const
  ),
  ...[{ endPort: 90 }, { port: "http", endPort: 90 }].map((entry) =>
    [
      { ingress: [{ ports: [entry] }] },
      "spec.ingress[0].ports[0].endPort: found 90, expected no endPort where port is not a number",
    ] as const
  ),
  ...[
    {},
    { madeUp: {} },
    { podSelector: null },
    { ipBlock: { cidr: "10.0.0.0/8" }, podSelector: {} },
    { ipBlock: { cidr: "10.0.0.0/8" }, namespaceSelector: {} },
  ].map((peer) =>
    [
      { ingress: [{ from: [peer] }] },
      `spec.ingress[0].from[0]: found ${
        shorten(JSON.stringify(peer))
      }, expected either ipBlock, or podSelector and namespaceSelector (one or both)`,
    ] as const
  ),
  [
    { ingress: [{ from: [{ podSelector: { matchLabel: { app: "web" } } }] }] },
    'spec.ingress[0].from[0].podSelector: found "matchLabel", ' +
    "expected only matchLabels and matchExpressions",
  ],
  [
    { podSelector: { matchExpressions: [{ key: "app", operator: "Exists", value: "web" }] } },
    'spec.podSelector.matchExpressions[0]: found "value", expected only key, operator and values',
  ],
  ...[undefined, "", "10.0.0.0", "10.0.0.0/33", "all", 10].map((cidr) =>
    [
      { egress: [{ to: [{ ipBlock: { cidr } }] }] },
      `spec.egress[0].to[0].ipBlock.cidr: found ${
        JSON.stringify(cidr) ?? "nothing"
      }, expected a CIDR block as 10.0.0.0/8 or fd00::/8`,
    ] as const
  ),
  // equal, larger, outside, of the other family
  ...["10.0.0.0/8", "10.0.0.5/8", "10.0.0.0/7", "11.0.0.0/16", "fd00::/16", "::ffff:0:0/96"].map((
    except,
  ) =>
    [
      { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8", except: [except] } }] }] },
      `spec.egress[0].to[0].ipBlock.except[0]: found "${except}", expected a block within cidr and smaller than it`,
    ] as const
  ),
  ...["10.1.0.0", null, 5].map((except) =>
    [
      { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8", except: [except] } }] }] },
      `spec.egress[0].to[0].ipBlock.except[0]: found ${
        JSON.stringify(except)
      }, expected a CIDR block as 10.0.0.0/8 or fd00::/8`,
    ] as const
  ),
  [
    { policyTypes: ["Ingress", "Egress", "Ingress"] },
    'spec.policyTypes: found ["Ingress","Egress","Ingress"], expected at most two entries',
  ],
  [
    { policyTypes: ["ingress"] },
    'spec.policyTypes[0]: found "ingress", expected Ingress or Egress',
  ],
  [
    { policyTypes: "Ingress" },
    'spec.policyTypes: found "Ingress", expected a list of Ingress and Egress',
  ],
  [{ podSelector: "app=a" }, 'spec.podSelector: found "app=a", expected an object'],
  [
    { podSelector: { matchLabels: { app: 1 } } },
    "spec.podSelector.matchLabels[app]: found 1, expected a label value: at most 63 of A-Z, a-z, 0-9, -, _ and .",
  ],
  [
    { podSelector: { matchLabels: { app: null } } },
    "spec.podSelector.matchLabels[app]: found null, expected a label value: at most 63 of A-Z, a-z, 0-9, -, _ and .",
  ],
  [
    { podSelector: { matchLabels: { app: "a b" } } },
    'spec.podSelector.matchLabels[app]: found "a b", expected a label value: at most 63 of A-Z, a-z, 0-9, -, _ and .',
  ],
  [
    { podSelector: { matchLabels: { "a/b/c": "" } } },
    'spec.podSelector.matchLabels: found "a/b/c", expected a label key as app or example.com/app',
  ],
  [
    { podSelector: { matchLabels: [] } },
    "spec.podSelector.matchLabels: found [], expected an object",
  ],
  ...["", "-a", "a-", "A.com/x", "/a", "a/", "x".repeat(64), 5, null].map((key) =>
    [
      { podSelector: { matchExpressions: [{ key, operator: "Exists" }] } },
      `spec.podSelector.matchExpressions[0].key: found ${
        shorten(JSON.stringify(key))
      }, expected a label key as app or example.com/app`,
    ] as const
  ),
  ...["in", "Equals", "Gt", "", null, undefined].map((operator) =>
    [
      { podSelector: { matchExpressions: [{ key: "app", operator }] } },
      `spec.podSelector.matchExpressions[0].operator: found ${
        JSON.stringify(operator) ?? "nothing"
      }, expected In, NotIn, Exists or DoesNotExist`,
    ] as const
  ),
  ...["In", "NotIn"].map((operator) =>
    [
      { podSelector: { matchExpressions: [{ key: "app", operator, values: [] }] } },
      `spec.podSelector.matchExpressions[0].values: found [], expected at least one value for ${operator}`,
    ] as const
  ),
  ...["Exists", "DoesNotExist"].map((operator) =>
    [
      { podSelector: { matchExpressions: [{ key: "app", operator, values: ["a"] }] } },
      `spec.podSelector.matchExpressions[0].values: found ["a"], expected no value for ${operator}`,
    ] as const
  ),
  [
    {
      podSelector: {
        matchExpressions: [{ key: "app", operator: "In", values: ["a", "b", "c d"] }],
      },
    },
    'spec.podSelector.matchExpressions[0].values[2]: found "c d", expected a label value: at most 63 of A-Z, a-z, 0-9, -, _ and .',
  ],
  [
    { podSelector: { matchExpressions: [null] } },
    "spec.podSelector.matchExpressions[0]: found null, expected an object",
  ],
  [
    { ingress: [{ from: [{ namespaceSelector: { matchLabels: { "": "" } } }] }] },
    'spec.ingress[0].from[0].namespaceSelector.matchLabels: found "", expected a label key as app or example.com/app',
  ],
  [{ ingress: {} }, "spec.ingress: found {}, expected a list"],
  [{ ingress: [null] }, "spec.ingress[0]: found null, expected an object"],
  [{ ingress: [{ from: {} }] }, "spec.ingress[0].from: found {}, expected a list"],
  [{ ingress: [{ from: [null] }] }, "spec.ingress[0].from[0]: found null, expected an object"],
  [{ ingress: [{ ports: [80] }] }, "spec.ingress[0].ports[0]: found 80, expected an object"],
  [
    { egress: [{ to: [{ ipBlock: "10.0.0.0/8" }] }] },
    'spec.egress[0].to[0].ipBlock: found "10.0.0.0/8", expected an object with cidr',
  ],
  ["all", 'spec: found "all", expected an object'],
  [[], "spec: found [], expected an object"],
];

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

for (const [spec, said] of refused) {
  Deno.test(`NP-62 ${shorten(JSON.stringify(spec))} is refused: ${said}`, () => {
    const { object, issues } = decodeNetworkPolicy({ ...makePolicy("shop/web"), spec });
    assert.deepEqual(issues.map(formatIssue), [`NetworkPolicy shop/web: ${said}`]);
    assert.ok(object?.broken, "the policy is broken");
    assert.deepEqual([object.ingress, object.egress], [[], []], "no rule of it is trusted");
  });
}

const unclear: readonly (readonly [sentence: string, spec: unknown])[] = [
  ["an unknown type", { policyTypes: ["Ingress", "Sideways"] }],
  ["policyTypes that is no list", { policyTypes: {} }],
  ["default types and egress that is no list", { egress: "all" }],
  ["a spec that is no object", "all"],
];

for (const [sentence, spec] of unclear) {
  Deno.test(`NP-62 ${sentence} isolates in both directions`, () => {
    const { object } = decodeNetworkPolicy({ ...makePolicy("shop/web"), spec });
    assert.deepEqual(object?.policyTypes, ["ingress", "egress"]);
  });
}

Deno.test("NP-62 a podSelector that is not understood selects every pod of the namespace", () => {
  const podSelector = {
    matchLabels: { app: "web" },
    matchExpressions: [{ key: "tier", operator: "Like", values: ["a"] }],
  };
  const { object } = decodeNetworkPolicy({ ...makePolicy("shop/web"), spec: { podSelector } });
  assert.deepEqual(object?.podSelector, []);
});

Deno.test("everything that is wrong is told, and not the first thing alone", () => {
  const spec = {
    policyTypes: ["Egres"],
    ingress: [{ ports: [{ port: 0 }, { port: 0 }] }, { from: [{}] }],
  };
  const { issues } = decodeNetworkPolicy({ ...makePolicy("shop/web"), spec });
  assert.deepEqual(issues.map(({ field }) => field), [
    "spec.policyTypes[0]",
    "spec.ingress[0].ports[0].port",
    "spec.ingress[0].ports[1].port",
    "spec.ingress[1].from[0]",
  ]);
});
