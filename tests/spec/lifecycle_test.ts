import { check } from "./check.ts";
import { cluster, ipsOf, without } from "./cluster.ts";
import { type ApiObject, namespace, pod, policy } from "./objects.ts";

const onlyA = { matchLabels: { pod: "a" } };
const both = { policyTypes: ["Ingress", "Egress"] };

/** Isolates x/a on ingress, and allows these peers. */
function into(...from: readonly unknown[]): ApiObject {
  return policy("x/in", { podSelector: onlyA, policyTypes: ["Ingress"], ingress: [{ from }] });
}

const fromY = { namespaceSelector: { matchLabels: { ns: "y" } } };
const jobIps = ["10.0.7.1", "fd00::7:1"];

Deno.test("NP-53: an ended pod is no peer, and its address is its new owner's (corner case 33)", () => {
  for (const phase of ["Succeeded", "Failed"] as const) {
    const job = pod("y/job", { ips: jobIps, node: "n2", phase });
    check(cluster(job, into(fromY)), { denied: ["y/job > x/a:80"] });
    // The same address, given to a pod of z: it is no peer; and the other way round it is.
    const heir = pod("z/heir", { ips: jobIps, node: "n2" });
    check(cluster(job, heir, into(fromY)), { denied: ["z/heir > x/a:80"] });
    const ofZ = { namespaceSelector: { matchLabels: { ns: "z" } } };
    check(cluster(job, heir, into(ofZ)), { allowed: ["z/heir > x/a:80"] });
  }
});

Deno.test("NP-53: an ended pod is no subject, and its policies do not follow its address", () => {
  const job = pod("x/job", { ips: jobIps, phase: "Failed", created: "2026-03-01T00:00:00Z" });
  const heir = pod("z/heir", { ips: jobIps, created: "2026-02-01T00:00:00Z" });
  const closed = policy("x/closed", { podSelector: {}, ...both });
  check(cluster(job, closed), { allowed: ["y/c > x/job:80"] });
  check(cluster(job, heir, closed), { allowed: ["outside > z/heir:80", "z/heir > y/a:80"] });
});

Deno.test("NP-53: of two live pods with one address, the newer one owns it", () => {
  const old = pod("y/old", { ips: jobIps, created: "2026-02-01T00:00:00Z" });
  const young = pod("z/young", { ips: jobIps, created: "2026-03-01T00:00:00Z" });
  const closed = policy("z/closed", { podSelector: {}, policyTypes: ["Ingress"] });
  check(cluster(old, young, into(fromY), closed), {
    denied: ["z/young > x/a:80", "outside > z/young:80"],
  });
  const older = pod("y/old", { ips: jobIps, created: "2026-04-01T00:00:00Z" });
  check(cluster(older, young, into(fromY), closed), {
    allowed: ["y/old > x/a:80", "outside > y/old:80"],
  });
});

Deno.test("NP-53: a pod that has left may still run: its policies hold, and it is nobody's peer", () => {
  const gone = pod("y/gone", { ips: jobIps });
  const closed = policy("y/closed", {
    podSelector: {},
    ...both,
    egress: [{ ports: [{ port: 99 }] }],
  });
  check(cluster(closed, into(fromY)), {
    departed: [gone],
    denied: ["outside > y/gone:80", "y/gone > z/a:80", "y/gone > x/a:99"],
    allowed: ["y/gone > z/a:99", "y/b > x/a:99"],
  });
  const heir = pod("z/heir", { ips: jobIps });
  check(cluster(heir, closed), { departed: [gone], allowed: ["outside > z/heir:80"] });
});

Deno.test("NP-54: a terminating pod is enforced, and a peer", () => {
  const metadata = { deletionTimestamp: "2026-03-01T00:00:00Z", deletionGracePeriodSeconds: 30 };
  const leaving = pod("y/leaving", { ips: jobIps, metadata });
  const closed = policy("y/closed", { podSelector: {}, policyTypes: ["Ingress"] });
  check(cluster(leaving, closed, into(fromY)), {
    allowed: ["y/leaving > x/a:80"],
    denied: ["outside > y/leaving:80"],
  });
});

Deno.test("NP-55: a pending pod with an address is enforced, and a peer (corner case 34)", () => {
  const starting = pod("y/starting", { ips: jobIps, phase: "Pending" });
  const closed = policy("y/closed", { podSelector: {}, policyTypes: ["Ingress"] });
  check(cluster(starting, closed, into(fromY)), {
    allowed: ["y/starting > x/a:80"],
    denied: ["outside > y/starting:80"],
  });
});

Deno.test("NP-56: a pod without an address contributes nothing, and nobody is not anybody", () => {
  const waiting = pod("y/waiting", { labels: { app: "web" }, phase: "Pending" });
  const byLabel = { podSelector: { matchLabels: { app: "web" } }, namespaceSelector: {} };
  check(cluster(waiting, into(byLabel)), {
    denied: ["y/a > x/a:80", "outside > x/a:80", "x/b > x/a:80"],
  });
  const egress = [{ to: [byLabel] }, { ports: [{ port: "web" }], to: [byLabel] }];
  check(
    cluster(waiting, policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"], egress })),
    {
      denied: ["x/a > y/a:80", "x/a > outside:80", "x/a > n1:80"],
    },
  );
  const podIP = { podIP: "", podIPs: [] };
  check(cluster(pod("y/waiting", { labels: { app: "web" }, status: podIP }), into(byLabel)), {
    denied: ["y/a > x/a:80"],
  });
});

Deno.test("NP-56: a changed address is followed, as subject and as peer", () => {
  const closed = policy("y/closed", { podSelector: {}, policyTypes: ["Ingress"] });
  const mover = (ip: string): ApiObject => pod("y/mover", { ips: [ip] });
  check(cluster(mover("10.0.7.1"), closed, into(fromY)), {
    allowed: ["10.0.7.1 > x/a:80"],
    denied: ["10.0.7.2 > x/a:80", "outside > y/mover:80"],
  });
  check(cluster(mover("10.0.7.2"), closed, into(fromY)), {
    allowed: ["10.0.7.2 > x/a:80"],
    denied: ["10.0.7.1 > x/a:80", "outside > y/mover:80"],
  });
});

Deno.test("NP-57: labels of pods decide anew after each change", () => {
  const peer = (labels: Record<string, string>): ApiObject =>
    pod("y/b", { labels, node: "n2", ips: ipsOf(2, 2) });
  const byLabel = { podSelector: { matchLabels: { may: "enter" } }, namespaceSelector: {} };
  check(cluster(into(byLabel)), { denied: ["y/b > x/a:80"] });
  check(cluster(peer({ may: "enter" }), into(byLabel)), { allowed: ["y/b > x/a:80"] });
  check(cluster(peer({ may: "leave" }), into(byLabel)), { denied: ["y/b > x/a:80"] });
  const subject = (labels: Record<string, string>): ApiObject =>
    pod("x/a", { labels, ips: ipsOf(1, 1) });
  check(cluster(subject({ pod: "other" }), into()), { allowed: ["y/b > x/a:80"] });
  const nobody = into({ podSelector: { matchLabels: { pod: "nobody" } } });
  check(cluster(subject({ pod: "a" }), nobody), { denied: ["y/b > x/a:80"] });
});

Deno.test("NP-58: labels of namespaces decide anew after each change", () => {
  const byLabel = { namespaceSelector: { matchLabels: { team: "blue" } } };
  check(cluster(into(byLabel)), { denied: ["y/b > x/a:80"] });
  check(cluster(namespace("y", { team: "blue" }), into(byLabel)), { allowed: ["y/b > x/a:80"] });
  check(cluster(namespace("y", { team: "red" }), into(byLabel)), { denied: ["y/b > x/a:80"] });
});

Deno.test("NP-59: policies take effect when they come, change and go; without any it is open", () => {
  const steps = [
    { policies: [], isOpen: true },
    { policies: [policy("x/in", { podSelector: onlyA, policyTypes: ["Ingress"] })], isOpen: false },
    { policies: [into(fromY)], isOpen: true },
    { policies: [into({ podSelector: {} })], isOpen: false },
    {
      policies: [into({ podSelector: {} }), policy("x/more", { podSelector: {}, ingress: [{}] })],
      isOpen: true,
    },
    { policies: [], isOpen: true },
  ];
  for (const { policies, isOpen } of steps) {
    check(cluster(...policies), { [isOpen ? "allowed" : "denied"]: ["y/b > x/a:80"] });
  }
});

Deno.test("NP-60: selectors and named ports cover every address of a pod, of both families", () => {
  const ips = ["fd00::7:1", "10.0.7.1"];
  const ports = [{ name: "web", containerPort: 8080 }];
  const server = pod("y/server", { ips, node: "n2", ports });
  const to = { to: [fromY], ports: [{ port: "web" }] };
  const out = policy("x/out", { podSelector: onlyA, policyTypes: ["Egress"], egress: [to] });
  check(cluster(server, out), {
    allowed: ["x/a > 10.0.7.1:8080", "x/a > fd00::7:1:8080"],
    denied: ["x/a > 10.0.7.1:8081", "x/a > fd00::7:1:8081"],
  });
  check(cluster(server, into(fromY), policy("y/closed", { podSelector: {} })), {
    allowed: ["10.0.7.1 > x/a:80", "fd00::7:1 > x/a:80"],
    denied: ["outside > 10.0.7.1:8080", "outside > fd00::7:1:8080"],
  });
});

Deno.test("NP-60: a pod of one family has rules of that family alone, and they hold", () => {
  const four = pod("x/a", { labels: { pod: "a" }, ips: ["10.0.1.1"] });
  const six = pod("x/a", { labels: { pod: "a" }, ips: ["fd00::1:1"] });
  check(cluster(four, into(fromY)), { allowed: ["y/b > x/a:80"], denied: ["z/b > x/a:80"] });
  check(cluster(six, into(fromY)), { allowed: ["y/b > x/a:80"], denied: ["z/b > x/a:80"] });
});

Deno.test("NP-61: a pod is isolated, its allow rules with it, before any of its containers has started", () => {
  const containerStatuses = [{ name: "main", state: { waiting: { reason: "PodInitializing" } } }];
  const fresh = pod("x/fresh", { ips: jobIps, phase: "Pending", status: { containerStatuses } });
  const all = policy("x/all", { podSelector: {}, ...both, ingress: [{ from: [fromY] }] });
  check(cluster(fresh, all), {
    allowed: ["y/b > x/fresh:80"],
    denied: ["outside > x/fresh:80", "x/fresh > y/b:80", "x/fresh > n1:80"],
  });
  check(without(cluster(fresh, all), "NetworkPolicy x/all"), { allowed: ["outside > x/fresh:80"] });
});
