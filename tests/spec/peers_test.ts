import { check } from "./check.ts";
import { cluster, without } from "./cluster.ts";
import { type ApiObject, namespace, pod, policy } from "./objects.ts";

const pods = (...names: readonly string[]): unknown => ({
  matchExpressions: [{ key: "pod", operator: "In", values: names }],
});
const spaces = (...names: readonly string[]): unknown => ({
  matchExpressions: [{ key: "ns", operator: "In", values: names }],
});

/** Isolates x/a on ingress, and allows these rules. */
function into(...ingress: readonly unknown[]): ApiObject {
  return policy("x/p", { podSelector: pods("a"), policyTypes: ["Ingress"], ingress });
}

Deno.test("NP-10: a rule needs a port and a peer of its own, and never borrows another's", () => {
  check(
    cluster(
      into(
        { from: [{ podSelector: pods("b") }], ports: [{ port: 80 }] },
        { from: [{ podSelector: pods("c") }], ports: [{ port: 81 }] },
      ),
      policy("x/q", {
        podSelector: {},
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ namespaceSelector: spaces("y") }], ports: [{ port: 82 }] }],
      }),
    ),
    {
      allowed: ["x/b > x/a:80", "x/c > x/a:81", "y/a > x/a:82"],
      denied: ["x/b > x/a:81", "x/c > x/a:80", "x/b > x/a:82", "y/a > x/a:80"],
    },
  );
});

Deno.test("NP-10: any item of a list is enough", () => {
  const from = [{ podSelector: pods("b") }, { podSelector: pods("c") }];
  check(cluster(into({ from, ports: [{ port: 80 }, { port: 81 }] })), {
    allowed: ["x/b > x/a:80", "x/b > x/a:81", "x/c > x/a:80", "x/c > x/a:81"],
    denied: ["x/b > x/a:82", "y/b > x/a:80"],
  });
});

Deno.test("NP-11: an absent, null or empty peer list is any address at all (corner case 7)", () => {
  for (const from of [{}, { from: null }, { from: [] }]) {
    check(cluster(into({ ...from, ports: [{ port: 80 }] })), {
      allowed: ["y/b > x/a:80", "outside > x/a:80", "n2 > x/a:80"],
      denied: ["y/b > x/a:81", "outside > x/a:81"],
    });
  }
  for (const to of [{}, { to: null }, { to: [] }]) {
    const egress = [{ ...to, ports: [{ port: 80 }] }];
    check(cluster(policy("x/p", { podSelector: pods("a"), policyTypes: ["Egress"], egress })), {
      allowed: ["x/a > y/b:80", "x/a > outside:80", "x/a > n1:80"],
      denied: ["x/a > y/b:81", "x/a > outside:81", "x/a > n1:81"],
    });
  }
});

Deno.test("NP-12: absent or empty ports are every port and every protocol", () => {
  for (const ports of [{}, { ports: [] }, { ports: null }]) {
    check(cluster(into({ from: [{ podSelector: {} }], ...ports })), {
      allowed: [
        "x/b > x/a:1",
        "x/b > x/a:65535/UDP",
        "x/b > x/a:9/SCTP",
        "x/b > x/a ICMP",
        "x/b > x/a GRE",
      ],
      denied: ["y/b > x/a:1", "y/b > x/a ICMP"],
    });
  }
});

Deno.test("NP-13: a podSelector alone means pods of the policy's namespace (corner case 7)", () => {
  check(cluster(into({ from: [{ podSelector: pods("b") }] })), {
    allowed: ["x/b > x/a:80"],
    denied: ["y/b > x/a:80", "x/c > x/a:80", "outside > x/a:80"],
  });
  check(cluster(into({ from: [{ podSelector: {} }] })), {
    allowed: ["x/b > x/a:80", "x/c > x/a:80"],
    denied: ["y/b > x/a:80", "outside > x/a:80", "n2 > x/a:80"],
  });
});

Deno.test("NP-14: a namespaceSelector alone means all pods of the namespaces that match", () => {
  check(cluster(into({ from: [{ namespaceSelector: spaces("y") }] })), {
    allowed: ["y/a > x/a:80", "y/b > x/a:80"],
    denied: ["z/a > x/a:80", "x/b > x/a:80"],
  });
  check(cluster(into({ from: [{ namespaceSelector: {} }] })), {
    allowed: ["y/a > x/a:80", "z/b > x/a:80", "x/b > x/a:80"],
    denied: ["outside > x/a:80", "n2 > x/a:80"],
  });
});

Deno.test("NP-14: pods of a namespace that is not known match no namespaceSelector", () => {
  const lost = pod("lost/a", { ips: ["10.0.9.1"], node: "n2" });
  check(cluster(lost, into({ from: [{ namespaceSelector: {} }] })), {
    denied: ["lost/a > x/a:80"],
    allowed: ["y/a > x/a:80"],
  });
  const own = without(cluster(into({ from: [{ podSelector: {} }] })), "Namespace /x");
  check(own, { allowed: ["x/b > x/a:80"], denied: ["y/b > x/a:80"] });
});

Deno.test("NP-15: both selectors in one item are AND, as two items OR", () => {
  const both = { namespaceSelector: spaces("y"), podSelector: pods("b") };
  check(cluster(into({ from: [both] })), {
    allowed: ["y/b > x/a:80"],
    denied: ["y/a > x/a:80", "x/b > x/a:80", "z/b > x/a:80"],
  });
  const two = [{ namespaceSelector: spaces("y") }, { podSelector: pods("b") }];
  check(cluster(into({ from: two })), {
    allowed: ["y/a > x/a:80", "y/b > x/a:80", "x/b > x/a:80"],
    denied: ["z/b > x/a:80", "x/c > x/a:80"],
  });
  check(cluster(into({ from: [{ namespaceSelector: spaces("y"), podSelector: {} }] })), {
    allowed: ["y/a > x/a:80", "y/b > x/a:80"],
    denied: ["z/a > x/a:80", "x/b > x/a:80"],
  });
});

Deno.test("NP-16: selectors match pods only, however empty they are (corner case 8)", () => {
  const host = pod("y/host", {
    ips: ["192.168.0.2"],
    node: "n2",
    hostNetwork: true,
  });
  const anyPod = { namespaceSelector: {}, podSelector: {} };
  check(cluster(host, into({ from: [anyPod, { namespaceSelector: {} }] })), {
    allowed: ["y/b > x/a:80"],
    denied: ["outside > x/a:80", "n2 > x/a:80", "y/host > x/a:80"],
  });
  const egress = [{ to: [anyPod] }];
  check(cluster(host, policy("x/p", { podSelector: {}, policyTypes: ["Egress"], egress })), {
    allowed: ["x/a > y/b:80"],
    denied: ["x/a > outside:80", "x/a > n1:80", "x/a > n2:80", "x/a > y/host:80"],
  });
});

/** The pods of y whose labels a selector selects may come in. */
function selecting(podSelector: unknown): ApiObject {
  return into({ from: [{ podSelector, namespaceSelector: spaces("y") }] });
}

const labelled = [
  pod("y/on", { labels: { k: "on" }, ips: ["10.0.8.1"], node: "n2" }),
  pod("y/off", { labels: { k: "off" }, ips: ["10.0.8.2"], node: "n2" }),
  pod("y/empty", { labels: { k: "" }, ips: ["10.0.8.3"], node: "n2" }),
  pod("y/none", { labels: {}, ips: ["10.0.8.4"], node: "n2" }),
];

function expectSelected(podSelector: unknown, selected: readonly string[]): void {
  const names = ["on", "off", "empty", "none"];
  const flow = (name: string): string => `y/${name} > x/a:80`;
  check(cluster(...labelled, selecting(podSelector)), {
    allowed: selected.map(flow),
    denied: names.filter((name) => !selected.includes(name)).map(flow),
  });
}

Deno.test("NP-17: In needs the key, and its value in the list", () => {
  expectSelected({ matchExpressions: [{ key: "k", operator: "In", values: ["on", "x"] }] }, ["on"]);
  expectSelected({ matchExpressions: [{ key: "k", operator: "In", values: [""] }] }, ["empty"]);
});

Deno.test("NP-18: NotIn matches where the key is absent (corner case 1)", () => {
  const selector = { matchExpressions: [{ key: "k", operator: "NotIn", values: ["on"] }] };
  expectSelected(selector, ["off", "empty", "none"]);
  const notEmpty = { matchExpressions: [{ key: "k", operator: "NotIn", values: [""] }] };
  expectSelected(notEmpty, ["on", "off", "none"]);
});

Deno.test("NP-19: Exists and DoesNotExist look at the key only", () => {
  expectSelected({ matchExpressions: [{ key: "k", operator: "Exists" }] }, ["on", "off", "empty"]);
  expectSelected({ matchExpressions: [{ key: "k", operator: "DoesNotExist" }] }, ["none"]);
});

Deno.test("NP-20: matchLabels needs the key, even for the empty value (corner case 2)", () => {
  expectSelected({ matchLabels: { k: "" } }, ["empty"]);
  expectSelected({ matchLabels: { k: "on" } }, ["on"]);
});

Deno.test("NP-21: all requirements must hold, and contradictory ones match nothing", () => {
  const exists = { key: "k", operator: "Exists" };
  const notOn = { key: "k", operator: "NotIn", values: ["on"] };
  expectSelected({ matchExpressions: [exists, notOn] }, ["off", "empty"]);
  expectSelected({ matchLabels: { k: "off" }, matchExpressions: [notOn] }, ["off"]);
  expectSelected({ matchLabels: { k: "on" }, matchExpressions: [notOn] }, []);
  expectSelected({ matchExpressions: [exists, { key: "k", operator: "DoesNotExist" }] }, []);
  expectSelected({ matchLabels: {}, matchExpressions: [] }, ["on", "off", "empty", "none"]);
});

Deno.test("NP-22: every namespace can be selected by its name", () => {
  const byName = (name: string): unknown => ({
    matchLabels: { "kubernetes.io/metadata.name": name },
  });
  check(cluster(into({ from: [{ namespaceSelector: byName("y") }] })), {
    allowed: ["y/a > x/a:80"],
    denied: ["z/a > x/a:80", "x/b > x/a:80"],
  });
  const unlabelled = { ...namespace("y"), metadata: { name: "y", uid: "uid-y" } };
  check(cluster(unlabelled, into({ from: [{ namespaceSelector: byName("y") }] })), {
    allowed: ["y/a > x/a:80"],
    denied: ["z/a > x/a:80"],
  });
  const notY = {
    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["y"] }],
  };
  const egress = [{ to: [{ namespaceSelector: notY }] }];
  check(cluster(policy("x/p", { podSelector: pods("a"), policyTypes: ["Egress"], egress })), {
    allowed: ["x/a > z/a:80", "x/a > x/b:80"],
    denied: ["x/a > y/a:80"],
  });
});
