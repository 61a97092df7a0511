import { check } from "./check.ts";
import { cluster } from "./cluster.ts";
import { type ApiObject, type Fields, pod, policy } from "./objects.ts";

const onlyA = { matchLabels: { pod: "a" } };

/** A policy that allows all of ingress by one rule, and spoils something. */
function spoilt(spec: Fields): ApiObject {
  return policy("x/odd", { podSelector: onlyA, policyTypes: ["Ingress"], ingress: [{}], ...spec });
}

/** The pods that an odd policy selects are isolated in its directions, and others are not. */
function expectClosed(spec: Fields, issue: string): void {
  check(cluster(spoilt(spec)), {
    issues: [issue],
    denied: ["y/b > x/a:80", "outside > x/a:80", "x/b > x/a ICMP"],
    allowed: ["y/b > x/b:80", "x/a > y/b:80", "n1 > x/a:80"],
  });
}

const port = "spec.ingress[0].ports[0]";
const peer = "spec.ingress[0].from[0]";

Deno.test("NP-62: a policy with an odd port isolates its pods and allows nothing", () => {
  const odd: readonly (readonly [Fields, string])[] = [
    [{ protocol: "tcp", port: 80 }, `${port}.protocol`],
    [{ protocol: "ICMP" }, `${port}.protocol`],
    [{ port: 0 }, `${port}.port`],
    [{ port: 65536 }, `${port}.port`],
    [{ port: -1 }, `${port}.port`],
    [{ port: 80.5 }, `${port}.port`],
    [{ port: "80" }, `${port}.port`],
    [{ port: "a-name-of-sixteen" }, `${port}.port`],
    [{ port: "Web" }, `${port}.port`],
    [{ port: "-web" }, `${port}.port`],
    [{ port: "we--b" }, `${port}.port`],
    [{ port: "" }, `${port}.port`],
    [{ endPort: 80 }, `${port}.endPort`],
    [{ port: "web", endPort: 80 }, `${port}.endPort`],
    [{ port: 80, endPort: 79 }, `${port}.endPort`],
    [{ port: 80, endPort: 65536 }, `${port}.endPort`],
  ];
  for (const [entry, issue] of odd) {
    expectClosed({ ingress: [{ ports: [entry] }, {}] }, issue);
  }
});

Deno.test("NP-62: a policy with an odd peer isolates its pods and allows nothing", () => {
  const odd: readonly (readonly [Fields, string])[] = [
    [{}, peer],
    [{ ipBlock: { cidr: "10.0.0.0/8" }, podSelector: {} }, peer],
    [{ ipBlock: { cidr: "10.0.0.0/8" }, namespaceSelector: {} }, peer],
    [{ ipBlock: {} }, `${peer}.ipBlock.cidr`],
    [{ ipBlock: { cidr: "10.0.0.0" } }, `${peer}.ipBlock.cidr`],
    [{ ipBlock: { cidr: "10.0.0.0/33" } }, `${peer}.ipBlock.cidr`],
    [{ ipBlock: { cidr: "10.0.0/8" } }, `${peer}.ipBlock.cidr`],
    [{ ipBlock: { cidr: "fd00::/129" } }, `${peer}.ipBlock.cidr`],
    [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.0.0/8"] } }, `${peer}.ipBlock.except[0]`],
    [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.0.0/7"] } }, `${peer}.ipBlock.except[0]`],
    [{ ipBlock: { cidr: "10.0.0.0/8", except: ["11.0.0.0/16"] } }, `${peer}.ipBlock.except[0]`],
    [{ ipBlock: { cidr: "10.0.0.0/8", except: ["fd00::/64"] } }, `${peer}.ipBlock.except[0]`],
    [{ ipBlock: { cidr: "10.0.0.0/8", except: ["nonsense"] } }, `${peer}.ipBlock.except[0]`],
  ];
  for (const [entry, issue] of odd) expectClosed({ ingress: [{ from: [entry] }, {}] }, issue);
});

Deno.test("NP-62: a policy with an odd peer's selector isolates its pods and allows nothing", () => {
  const selector = `${peer}.podSelector`;
  const expression = `${selector}.matchExpressions[0]`;
  const odd: readonly (readonly [Fields, string])[] = [
    [{ matchExpressions: [{ key: "k", operator: "In" }] }, `${expression}.values`],
    [{ matchExpressions: [{ key: "k", operator: "NotIn", values: [] }] }, `${expression}.values`],
    [
      { matchExpressions: [{ key: "k", operator: "Exists", values: ["v"] }] },
      `${expression}.values`,
    ],
    [
      { matchExpressions: [{ key: "k", operator: "DoesNotExist", values: ["v"] }] },
      `${expression}.values`,
    ],
    [{ matchExpressions: [{ key: "k", operator: "Gt", values: ["1"] }] }, `${expression}.operator`],
    [{ matchExpressions: [{ key: "-k", operator: "Exists" }] }, `${expression}.key`],
    [{ matchLabels: { k: "-v-" } }, `${selector}.matchLabels[k]`],
    [{ matchLabels: { "a/b/c": "v" } }, `${selector}.matchLabels`],
  ];
  for (const [podSelector, issue] of odd) {
    expectClosed({ ingress: [{ from: [{ podSelector }] }, {}] }, issue);
  }
});

Deno.test("NP-62: a policy with odd policy types isolates its pods both ways", () => {
  for (const policyTypes of [["Ingress", "Sideways"], ["ingress"], "Ingress"]) {
    const issue = {
      issues: [
        policyTypes === "Ingress"
          ? "spec.policyTypes"
          : `spec.policyTypes[${policyTypes.length - 1}]`,
      ],
    };
    check(cluster(spoilt({ policyTypes, egress: [{}] })), {
      ...issue,
      denied: ["y/b > x/a:80", "x/a > y/b:80"],
      allowed: ["y/b > x/b:80"],
    });
  }
  const three = spoilt({ policyTypes: ["Ingress", "Egress", "Ingress"], egress: [{}] });
  check(cluster(three), {
    issues: ["spec.policyTypes"],
    denied: ["y/b > x/a:80", "x/a > y/b:80"],
  });
});

Deno.test("NP-62: a policy whose podSelector is odd isolates every pod of its namespace", () => {
  const podSelector = { matchExpressions: [{ key: "pod", operator: "Near", values: ["a"] }] };
  check(cluster(spoilt({ podSelector })), {
    issues: ["spec.podSelector.matchExpressions[0].operator"],
    denied: ["y/b > x/a:80", "y/b > x/b:80"],
    allowed: ["x/a > y/b:80", "x/b > y/b:80"],
  });
});

Deno.test("NP-62: an odd policy takes nothing from what others allow", () => {
  const fine = policy("x/fine", {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ ports: [{ port: 80 }] }],
  });
  check(cluster(fine, spoilt({ ingress: [{ ports: [{ port: 0 }] }] })), {
    issues: [`${port}.port`],
    allowed: ["y/b > x/a:80", "y/b > x/b:80"],
    denied: ["y/b > x/a:81"],
  });
});

Deno.test("NP-62: a pod that is not understood is isolated both ways, whatever selects it", () => {
  const odd = pod("x/odd", { ips: ["10.0.7.1"], metadata: { labels: { app: 5 } } });
  const open = policy("x/open", { podSelector: {}, ingress: [{}], egress: [{}] });
  for (const policies of [[], [open]]) {
    check(cluster(odd, ...policies), {
      issues: ["metadata.labels[app]"],
      denied: ["y/b > x/odd:80", "x/odd > y/b:80", "x/odd > n1:80", "outside > x/odd ICMP"],
      allowed: ["n1 > x/odd:80", "y/b > x/a:80"],
    });
  }
});

Deno.test("NP-63: what a policy has no field for does nothing", () => {
  const more = {
    status: { conditions: [{ type: "Failure", status: "True" }] },
    deny: [{}],
    priority: 1,
    nodeSelector: {},
    ingress: [{ from: [{ podSelector: {} }], action: "Deny", log: true }],
  };
  check(cluster(spoilt(more)), { allowed: ["x/b > x/a:80"], denied: ["y/b > x/a:80"] });
});

Deno.test("NP-63: rules, peers, blocks and ports have no quota", () => {
  const ingress = Array.from({ length: 300 }, (_, i) => ({
    from: Array.from({ length: 5 }, (_, j) => ({
      ipBlock: { cidr: `100.${64 + j}.${i % 256}.${2 * j}/32` },
    })),
    ports: Array.from({ length: 4 }, (_, j) => ({ port: 1000 + 10 * i + 2 * j })),
  }));
  check(cluster(spoilt({ ingress })), {
    allowed: ["100.64.0.0 > x/a:1000", "100.68.255.8 > x/a:3556", "100.66.43.4 > x/a:3996"],
    denied: ["100.64.0.0 > x/a:1001", "100.64.1.0 > x/a:1000", "y/b > x/a:1000"],
  });
});
