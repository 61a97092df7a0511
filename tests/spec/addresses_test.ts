import { check } from "./check.ts";
import { cluster } from "./cluster.ts";
import { type ApiObject, pod, policy } from "./objects.ts";

const onlyA = { matchLabels: { pod: "a" } };
const both = { policyTypes: ["Ingress", "Egress"] };
const block = (cidr: string): unknown => ({ ipBlock: { cidr } });

/** A hostNetwork pod: its addresses are its node's. */
function host(key: string, node: "n1" | "n2"): ApiObject {
  const ips = { n1: ["192.168.0.1", "fd00:168::1"], n2: ["192.168.0.2", "fd00:168::2"] }[node];
  return pod(key, { labels: { pod: "host" }, node, ips, hostNetwork: true });
}

Deno.test("NP-44: no policy selects a hostNetwork pod (corner case 32)", () => {
  const all = policy("x/all", { podSelector: {}, ...both });
  check(cluster(host("x/h1", "n1"), host("x/h2", "n2"), all), {
    allowed: ["outside > x/h1:80", "x/h1 > outside:80", "n2 > x/h1:80", "x/h1 > x/h2:80"],
    denied: ["outside > x/a:80", "x/a > outside:80"],
  });
});

Deno.test("NP-45: no selector matches a hostNetwork pod, and a block may (corner case 32)", () => {
  const from = [{ namespaceSelector: {}, podSelector: {} }, {
    podSelector: { matchLabels: { pod: "host" } },
  }];
  const selectors = policy("x/p", {
    podSelector: onlyA,
    policyTypes: ["Ingress"],
    ingress: [{ from }],
  });
  check(cluster(host("x/h2", "n2"), selectors), {
    denied: ["x/h2 > x/a:80"],
    allowed: ["x/b > x/a:80"],
  });
  const blocks = [block("192.168.0.2/32"), block("fd00:168::2/128")];
  const ingress = [{ from: blocks }];
  check(
    cluster(
      host("x/h2", "n2"),
      policy("x/p", { podSelector: onlyA, ...both, ingress, egress: [{ to: blocks }] }),
    ),
    {
      allowed: ["x/h2 > x/a:80", "x/a > x/h2:80"],
      denied: ["x/b > x/a:80", "x/a > x/b:80"],
    },
  );
});

Deno.test("NP-46: whatever comes from the pod's own node is allowed, and from no other (corner case 29)", () => {
  const closed = policy("x/closed", { podSelector: {}, ...both });
  check(cluster(host("y/h1", "n1"), host("y/h2", "n2"), closed), {
    allowed: [
      "n1 > x/a:80",
      "n1 > x/a:53/UDP",
      "n1 > x/a ICMP",
      "n1 > x/a GRE",
      "y/h1 > x/a:80",
      "n2 > x/b:80",
    ],
    denied: ["n2 > x/a:80", "n2 > x/a ICMP", "y/h2 > x/a:80", "n1 > x/b:80", "y/h1 > x/b:80"],
  });
});

Deno.test("NP-46: what the node only forwards is not its own, whatever its address", () => {
  check(cluster(policy("x/in", { podSelector: onlyA, policyTypes: ["Ingress"] })), {
    allowed: ["n1 > x/a:80"],
    denied: ["wire:192.168.0.1 > x/a:80", "wire:fd00:168::1 > x/a:80", "outside > x/a:80"],
  });
});

Deno.test("NP-47: a pod's traffic to its own node is judged as egress (corner case 30)", () => {
  check(cluster(policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"] })), {
    allowed: ["x/c > n1:6443", "n1 > x/a:80", "x/b > n1:80"],
    denied: ["x/a > n1:6443", "x/a > n1:53/UDP", "x/a > n1 ICMP", "x/a > n2:6443"],
  });
  const to = [block("192.168.0.1/32"), block("fd00:168::1/128")];
  const egress = [{ to, ports: [{ port: 6443 }] }];
  check(cluster(policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"], egress })), {
    allowed: ["x/a > n1:6443"],
    denied: ["x/a > n1:6444", "x/a > n2:6443", "x/a > n1:6443/UDP"],
  });
});

Deno.test("NP-49: a pod's way to itself through a Service is judged as from it to itself (corner case 35)", () => {
  check(cluster(policy("x/closed", { podSelector: onlyA, ...both })), { denied: ["x/a > x/a:80"] });
  const rules = (labels: object): object => ({
    ingress: [{ from: [{ podSelector: { matchLabels: labels } }] }],
    egress: [{ to: [{ podSelector: { matchLabels: labels } }] }],
  });
  check(cluster(policy("x/self", { podSelector: onlyA, ...both, ...rules({ pod: "a" }) })), {
    allowed: ["x/a > x/a:80", "x/a > x/a ICMP"],
    denied: ["x/b > x/a:80", "x/a > x/b:80"],
  });
  check(cluster(policy("x/other", { podSelector: onlyA, ...both, ...rules({ pod: "b" }) })), {
    allowed: ["x/b > x/a:80", "x/a > x/b:80"],
    denied: ["x/a > x/a:80"],
  });
  const onlyOut = policy("x/out", { podSelector: onlyA, ...both, egress: [{}] });
  check(cluster(onlyOut), { allowed: ["x/a > x/b:80"], denied: ["x/a > x/a:80"] });
});

Deno.test("NP-50: behind a Service, the backend's address and port count (corner cases 11 and 13)", () => {
  // A Service's port 80 is served at 8080: where policies are asked, the translation is done.
  const rule = (port: number): object => ({
    egress: [{ to: [block("10.0.2.2/32"), block("fd00::2:2/128")], ports: [{ port }] }],
  });
  check(cluster(policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"], ...rule(8080) })), {
    allowed: ["x/a > y/b:8080"],
    denied: ["x/a > y/b:80", "x/a > y/a:8080"],
  });
  check(cluster(policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"], ...rule(80) })), {
    denied: ["x/a > y/b:8080"],
    allowed: ["x/a > y/b:80"],
  });
});

Deno.test("NP-51: a block of Services' addresses matches no backend (corner case 12)", () => {
  const to = [block("10.96.0.0/16"), block("fd00:96::/112")];
  check(
    cluster(policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"], egress: [{ to }] })),
    {
      denied: ["x/a > y/b:80", "x/a > y/a:80"],
      allowed: ["x/a > 10.96.0.7:80"],
    },
  );
});

Deno.test("NP-52: ingress is judged by the source that arrives, not by who the node will claim it is (corner case 31)", () => {
  const from = [block("203.0.113.0/24"), block("2001:db8::/32")];
  check(
    cluster(policy("x/in", { podSelector: onlyA, policyTypes: ["Ingress"], ingress: [{ from }] })),
    {
      // On the entry node the client is seen; what it becomes on its way out is not asked.
      allowed: ["outside > x/a:80"],
      // Translated by another node, it is that node's: which the policy does not allow.
      denied: ["n2 > x/a:80", "198.51.100.1 > x/a:80"],
    },
  );
  const nodes = [block("192.168.0.0/24"), block("fd00:168::/64")];
  check(
    cluster(
      policy("x/in", { podSelector: onlyA, policyTypes: ["Ingress"], ingress: [{ from: nodes }] }),
    ),
    {
      allowed: ["n2 > x/a:80"],
      denied: ["outside > x/a:80"],
    },
  );
});
