import { check } from "./check.ts";
import { cluster, without } from "./cluster.ts";
import { type ApiObject, clusterPolicy, type Fields, namespace, pod } from "./objects.ts";
import { anyPod, anywhere, checkInBothTiers, inside, names, one, spaces } from "./tiers.ts";

/** Denies everything that pods send to its subject, and that its subject sends. */
function deny(subject: Fields): ApiObject {
  const egress = [{ action: "Deny", to: [anywhere] }];
  return clusterPolicy("deny", {
    subject,
    ingress: [{ action: "Deny", from: [anyPod] }],
    egress,
  });
}

/** A hostNetwork pod: its addresses are its node's. */
const host = pod("x/host", {
  labels: { pod: "host" },
  node: "n1",
  ips: ["192.168.0.1", "fd00:168::1"],
  hostNetwork: true,
});

Deno.test("CNP-9: a subject by namespaces is all of their pods", () => {
  checkInBothTiers([deny(inside("x", "z"))], {
    denied: ["y/b > x/a:80", "y/b > x/b:80", "y/b > z/c:80", "x/a > outside:80"],
    allowed: ["y/b > y/a:80", "outside > x/a:80", "y/a > outside:80"],
  });
});

Deno.test("CNP-9: a subject by pods is what both selectors select", () => {
  checkInBothTiers([deny(one("x/a"))], {
    denied: ["y/b > x/a:80"],
    allowed: ["y/b > x/b:80", "x/b > y/a:80"],
  });
  const everywhere = [
    { pods: { podSelector: names("a") } },
    { pods: { namespaceSelector: null, podSelector: names("a") } },
    { pods: { namespaceSelector: {}, podSelector: names("a") } },
  ];
  for (const subject of everywhere) {
    checkInBothTiers([deny(subject)], {
      denied: ["y/b > x/a:80", "x/b > y/a:80", "z/a > outside:80"],
      allowed: ["y/b > x/b:80"],
    });
  }
  checkInBothTiers([deny({ pods: { namespaceSelector: spaces("x"), podSelector: {} } })], {
    denied: ["y/b > x/a:80", "y/b > x/c:80"],
    allowed: ["z/b > y/a:80"],
  });
});

Deno.test("CNP-9: an empty selector selects every pod, kube-system's too", () => {
  const dns = [
    namespace("kube-system"),
    pod("kube-system/dns", { ips: ["10.0.9.53", "fd00::9:53"], labels: { pod: "dns" } }),
  ];
  const denied = ["y/b > x/a:80", "x/a > kube-system/dns:53/UDP", "kube-system/dns > outside:80"];
  for (const subject of [{ namespaces: {} }, { pods: { podSelector: {} } }]) {
    checkInBothTiers([deny(subject)], { denied, allowed: ["outside > x/a:80"] }, dns);
  }
});

Deno.test("CNP-9: an empty selector selects pods of a namespace that is not known yet, too", () => {
  const lost = pod("lost/p", { ips: ["10.0.9.1"] });
  for (const subject of [{ namespaces: {} }, { pods: { podSelector: {} } }]) {
    check(cluster(lost, deny(subject)), { denied: ["y/b > lost/p:80", "lost/p > outside:80"] });
  }
  const unknown = without(cluster(deny({ namespaces: {} })), "Namespace /x");
  check(unknown, { denied: ["x/a > outside:80", "y/b > x/a:80"] });
});

Deno.test("CNP-9: a subject that selects nobody does nothing", () => {
  checkInBothTiers([deny(inside("nowhere")), deny(one("x/nobody"))], {
    allowed: ["y/b > x/a:80", "x/a > outside:80", "outside > x/a:80"],
  });
});

Deno.test("CNP-10: hostNetwork pods are no subjects", () => {
  checkInBothTiers([deny({ namespaces: {} })], {
    allowed: ["outside > x/host:80", "x/host > outside:80", "n2 > x/host:80"],
    denied: ["y/b > x/c:80", "x/c > outside:80"],
  }, [host]);
});

Deno.test("CNP-10: hostNetwork pods are not among the pods of a peer", () => {
  const egress = [{ action: "Deny", to: [anyPod, { pods: { podSelector: names("host") } }] }];
  checkInBothTiers([clusterPolicy("p", { subject: inside("x"), egress })], {
    allowed: ["x/a > x/host:80", "x/b > x/host:80", "x/a > n1:80"],
    denied: ["x/a > y/b:80"],
  }, [host]);
  const ingress = [{ action: "Deny", from: [anyPod, { pods: { podSelector: names("host") } }] }];
  checkInBothTiers([clusterPolicy("p", { subject: inside("x"), ingress })], {
    allowed: ["x/host > x/b:80", "x/host > x/a:80"],
    denied: ["y/b > x/a:80"],
  }, [host]);
});

Deno.test("CNP-10: the policies that are about an address do not follow it to a hostNetwork pod", () => {
  const heir = pod("x/a", { ips: ["10.0.1.1"], hostNetwork: true, labels: { pod: "a" } });
  check(cluster(heir, deny(one("x/a"))), { allowed: ["y/b > 10.0.1.1:80", "10.0.1.1 > y/b:80"] });
});

Deno.test("CNP-21: a pod's way to itself through a Service is judged as from it to itself", () => {
  checkInBothTiers([deny(one("x/a"))], { denied: ["x/a > x/a:80", "x/a > x/a ICMP"] });
  const acceptSelf = clusterPolicy("accept", {
    subject: one("x/a"),
    priority: 1,
    ingress: [{ action: "Accept", from: [one("x/a")] }],
    egress: [{ action: "Accept", to: [one("x/a")] }],
  });
  checkInBothTiers([acceptSelf, deny(one("x/a"))], {
    allowed: ["x/a > x/a:80"],
    denied: ["x/a > x/b:80", "x/b > x/a:80"],
  });
});

/** What the CRD takes, as it does not look into label selectors: `operator: in`. */
const mistyped = { matchExpressions: [{ key: "team", operator: "in", values: ["red"] }] };
const denied = [{ action: "Deny", from: [anyPod] }];

Deno.test("CNP-9: what of a subject is not understood rules nobody out, and what is understood does", () => {
  check(
    cluster(clusterPolicy("p", {
      subject: { pods: { namespaceSelector: mistyped, podSelector: names("a") } },
      ingress: denied,
    })),
    {
      issues: ["spec.subject.pods.namespaceSelector.matchExpressions[0].operator"],
      denied: ["y/b > x/a:80"],
      allowed: ["y/b > x/c:80", "outside > z/b:80"],
    },
  );
  check(
    cluster(clusterPolicy("p", {
      subject: { pods: { namespaceSelector: spaces("x"), podSelector: mistyped } },
      ingress: denied,
    })),
    {
      issues: ["spec.subject.pods.podSelector.matchExpressions[0].operator"],
      denied: ["y/b > x/a:80"],
      allowed: ["x/a > y/b:80", "outside > z/b:80"],
    },
  );
});
