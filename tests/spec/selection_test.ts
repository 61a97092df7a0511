import { check } from "./check.ts";
import { cluster } from "./cluster.ts";
import { policy } from "./objects.ts";

const onlyA = { matchLabels: { pod: "a" } };

Deno.test("NP-1: a policy selects pods of its own namespace only", () => {
  check(cluster(policy("x/deny", { podSelector: onlyA, policyTypes: ["Ingress"] })), {
    allowed: ["x/b > y/a:80", "x/b > x/b:80", "y/a > x/c:80"],
    denied: ["x/b > x/a:80", "y/a > x/a:80"],
  });
});

Deno.test("NP-1: a policy that selects no pod does nothing", () => {
  const nobody = { matchLabels: { pod: "nobody" } };
  check(cluster(policy("x/deny", { podSelector: nobody, policyTypes: ["Ingress", "Egress"] })), {
    allowed: ["x/b > x/a:80", "x/a > y/a:80", "outside > x/a:80"],
  });
});

Deno.test("NP-2: an empty, null or absent podSelector is every pod of the namespace", () => {
  for (const selector of [{ podSelector: {} }, { podSelector: null }, {}]) {
    check(cluster(policy("x/deny", { ...selector, policyTypes: ["Ingress"] })), {
      denied: ["y/a > x/a:80", "y/a > x/b:80", "y/a > x/c:80"],
      allowed: ["x/a > y/a:80"],
    });
  }
});

Deno.test("NP-3: a non-empty policyTypes alone decides the directions (corner case 5)", () => {
  const rules = {
    ingress: [{ from: [{ podSelector: onlyA }] }],
    egress: [{ to: [{ podSelector: onlyA }] }],
  };
  check(cluster(policy("x/p", { podSelector: {}, policyTypes: ["Egress"], ...rules })), {
    allowed: ["y/b > x/b:80", "outside > x/b:80", "x/b > x/a:80"],
    denied: ["x/b > x/c:80", "x/b > y/a:80"],
  });
  check(cluster(policy("x/p", { podSelector: {}, policyTypes: ["Ingress"], ...rules })), {
    allowed: ["x/b > y/a:80", "x/b > outside:80", "x/a > x/b:80"],
    denied: ["x/b > x/c:80", "y/a > x/a:80"],
  });
});

Deno.test("NP-3: policy types that stand there twice count once", () => {
  const twice = ["Ingress", "Ingress"];
  check(cluster(policy("x/p", { podSelector: {}, policyTypes: twice, ingress: [{}] })), {
    allowed: ["y/a > x/a:80", "x/a > y/a:80"],
  });
  check(cluster(policy("x/p", { podSelector: {}, policyTypes: twice })), {
    allowed: ["x/a > y/a:80"],
    denied: ["y/a > x/a:80"],
  });
});

Deno.test("NP-4: without policyTypes a policy is about ingress, whatever it lacks", () => {
  check(cluster(policy("x/p", { podSelector: {} })), {
    allowed: ["x/a > y/a:80"],
    denied: ["y/a > x/a:80"],
  });
});

Deno.test("NP-4: without policyTypes an empty egress list adds no direction (corner case 3)", () => {
  for (const policyTypes of [{}, { policyTypes: [] }, { policyTypes: null }]) {
    check(cluster(policy("x/p", { podSelector: {}, egress: [], ...policyTypes })), {
      allowed: ["x/a > y/a:80"],
      denied: ["y/a > x/a:80"],
    });
  }
});

Deno.test("NP-4: without policyTypes egress rules isolate ingress as well (corner case 4)", () => {
  const egress = [{ to: [{ podSelector: onlyA }] }];
  for (const policyTypes of [{}, { policyTypes: [] }]) {
    check(
      cluster(
        policy("x/p", { podSelector: { matchLabels: { pod: "b" } }, egress, ...policyTypes }),
      ),
      {
        allowed: ["x/b > x/a:80"],
        denied: ["x/b > x/c:80", "x/a > x/b:80", "outside > x/b:80"],
      },
    );
  }
});

Deno.test("NP-5: what no policy isolates is open for everything, every protocol", () => {
  check(cluster(), {
    allowed: [
      "x/a > y/b:1",
      "x/a > y/b:65535/UDP",
      "x/a > y/b:7/SCTP",
      "x/a > y/b ICMP",
      "x/a > y/b GRE",
      "outside > x/a:80",
      "x/a > outside:443",
      "n1 > x/a:80",
      "x/a > n1:6443",
      "n2 > x/a:80",
      "x/a > n2:6443",
    ],
  });
});

Deno.test("NP-6: isolation is per direction and per pod", () => {
  check(cluster(policy("x/in", { podSelector: onlyA, policyTypes: ["Ingress"] })), {
    allowed: ["x/a > y/a:80", "x/a > outside:80", "y/a > x/b:80"],
    denied: ["y/a > x/a:80", "outside > x/a:80"],
  });
  check(cluster(policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"] })), {
    allowed: ["y/a > x/a:80", "outside > x/a:80", "x/b > y/a:80"],
    denied: ["x/a > y/a:80", "x/a > outside:80"],
  });
});

Deno.test("NP-7: the rules of all policies that select a pod are one union", () => {
  const from = (pod: string): unknown[] => [{ from: [{ podSelector: { matchLabels: { pod } } }] }];
  const deny = policy("x/deny", { podSelector: {}, policyTypes: ["Ingress"] });
  const b = policy("x/b", { podSelector: {}, policyTypes: ["Ingress"], ingress: from("b") });
  const c = policy("x/c", { podSelector: onlyA, policyTypes: ["Ingress"], ingress: from("c") });
  const again = policy("x/again", {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: from("b"),
  });
  for (const policies of [[deny, b, c, again], [again, c, b, deny]]) {
    check(cluster(...policies), {
      allowed: ["x/b > x/a:80", "x/c > x/a:80", "x/b > x/c:80"],
      denied: ["x/c > x/b:80", "y/b > x/a:80", "x/a > x/c:80"],
    });
  }
});

Deno.test("NP-8: pod to pod needs egress at the source and ingress at the destination", () => {
  const out = policy("x/out", {
    podSelector: onlyA,
    policyTypes: ["Egress"],
    egress: [{ to: [{ namespaceSelector: { matchLabels: { ns: "y" } } }] }],
  });
  const into = policy("y/in", {
    podSelector: onlyA,
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { ns: "z" } } }] }],
  });
  check(cluster(out, into), {
    allowed: ["x/a > y/b:80", "z/a > y/a:80", "x/b > z/a:80"],
    denied: ["x/a > y/a:80", "x/b > y/a:80", "x/a > z/b:80"],
  });
});

Deno.test("NP-8: external ends have no side", () => {
  const all = { policyTypes: ["Ingress", "Egress"] };
  check(cluster(policy("x/open", { podSelector: {}, ...all, ingress: [{}], egress: [{}] })), {
    allowed: ["outside > x/a:80", "x/a > outside:80", "n2 > x/a:80", "x/a > n2:80"],
  });
});

Deno.test("NP-9: an empty or absent rule list in a listed direction allows nothing", () => {
  for (const rules of [{}, { ingress: [], egress: [] }, { ingress: null, egress: null }]) {
    check(
      cluster(policy("x/p", { podSelector: onlyA, policyTypes: ["Ingress", "Egress"], ...rules })),
      {
        denied: [
          "x/b > x/a:80",
          "outside > x/a ICMP",
          "n2 > x/a:80",
          "x/a > x/b:80",
          "x/a > outside:53/UDP",
          "x/a > n1:80",
        ],
      },
    );
  }
});

Deno.test("NP-9: an empty rule allows everything, of any peer, port and protocol", () => {
  const types = { policyTypes: ["Ingress", "Egress"] };
  check(cluster(policy("x/p", { podSelector: onlyA, ...types, ingress: [{}], egress: [{}] })), {
    allowed: [
      "y/b > x/a:80",
      "outside > x/a:99/UDP",
      "n2 > x/a ICMP",
      "x/a > y/b:80/SCTP",
      "x/a > outside GRE",
      "x/a > n1:80",
      "x/a > n2:80",
    ],
  });
});
