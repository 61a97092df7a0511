import { check } from "./check.ts";
import { cluster, ipsOf, nodeAddresses } from "./cluster.ts";
import { type ApiObject, clusterPolicy, namespace, node, pod } from "./objects.ts";
import { anyPod, anywhere, into, one, out } from "./tiers.ts";

const flow = ["y/b > x/a:80"];

/** One of two policies on what comes into x/a. */
function at(name: string, action: string, more: Readonly<Record<string, unknown>>): ApiObject {
  const ingress = [{ action, from: [anyPod] }];
  return clusterPolicy(name, { subject: one("x/a"), ingress, ...more });
}

Deno.test("CNP-24: changes of priority, tier and action decide anew", () => {
  const deny = at("deny", "Deny", { priority: 50 });
  check(cluster(deny, at("p", "Accept", { priority: 60 })), { denied: flow });
  check(cluster(deny, at("p", "Accept", { priority: 40 })), { allowed: flow });
  check(cluster(deny, at("p", "Accept", { priority: 40, tier: "Baseline" })), { denied: flow });
  check(cluster(deny, at("p", "Pass", { priority: 40 })), { allowed: flow });
  check(cluster(deny, at("p", "Deny", { priority: 40 })), { denied: flow });
  const baseline = at("deny", "Deny", { tier: "Baseline" });
  check(cluster(baseline, at("p", "Pass", { priority: 40 })), { denied: flow });
});

Deno.test("CNP-24: labels of pods decide anew, as subjects and as peers", () => {
  const bad = { pods: { podSelector: { matchLabels: { is: "bad" } } } };
  const labelled = (key: "x/a" | "y/b", is: string): ApiObject => {
    const place = key === "x/a"
      ? { node: "n1", ips: ipsOf(1, 1) }
      : { node: "n2", ips: ipsOf(2, 2) };
    return pod(key, { labels: { is, pod: key.slice(2) }, ...place });
  };
  const peers = into({ action: "Deny", from: [bad] });
  check(cluster(labelled("y/b", "good"), peers), { allowed: flow });
  check(cluster(labelled("y/b", "bad"), peers), { denied: flow });
  const subject = at("p", "Deny", { subject: bad });
  check(cluster(labelled("x/a", "good"), subject), { allowed: flow });
  check(cluster(labelled("x/a", "bad"), subject), { denied: flow });
});

Deno.test("CNP-24: labels of namespaces decide anew, as subjects and as peers", () => {
  const blue = { namespaces: { matchLabels: { team: "blue" } } };
  const peers = into({ action: "Deny", from: [blue] });
  check(cluster(namespace("y", { team: "red" }), peers), { allowed: flow });
  check(cluster(namespace("y", { team: "blue" }), peers), { denied: flow });
  const subject = at("p", "Deny", { subject: blue });
  check(cluster(namespace("x", { team: "red" }), subject), { allowed: flow });
  check(cluster(namespace("x", { team: "blue" }), subject), { denied: flow });
});

Deno.test("CNP-24: labels and addresses of nodes decide anew", () => {
  const to = [{ nodes: { matchLabels: { role: "edge" } } }];
  const edge = (role: string, ips = nodeAddresses.n2 ?? []): ApiObject =>
    node("n2", { labels: { role }, ips });
  const deny = out({ action: "Deny", to });
  check(cluster(edge("core"), deny), { allowed: ["x/a > n2:80", "x/a > n1:80"] });
  check(cluster(edge("edge"), deny), { denied: ["x/a > n2:80"], allowed: ["x/a > n1:80"] });
  check(cluster(edge("edge", ["198.51.100.7"]), deny), {
    allowed: ["x/a > n2:80"],
    denied: ["x/a > 198.51.100.7:80"],
  });
});

Deno.test("CNP-24: policies take effect when they come and go", () => {
  const deny = out({ action: "Deny", to: [anywhere] });
  check(cluster(), { allowed: ["x/a > y/b:80"] });
  check(cluster(deny), { denied: ["x/a > y/b:80", "x/a > n1:80"] });
  check(cluster(), { allowed: ["x/a > y/b:80"] });
});
