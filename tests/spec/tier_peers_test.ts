import { check } from "./check.ts";
import { cluster, nodeAddresses } from "./cluster.ts";
import { type ApiObject, clusterPolicy, type Fields, node, pod } from "./objects.ts";
import {
  anyPod,
  anywhere,
  checkInBothTiers,
  inside,
  into,
  names,
  one,
  out,
  port,
  spaces,
} from "./tiers.ts";

/** Denies what x/a sends to these peers. */
function denyTo(...to: readonly Fields[]): ApiObject {
  return out({ action: "Deny", to });
}

/** Selects nodes by the cluster's own label. */
function nodes(...values: readonly string[]): Fields {
  return { nodes: { matchExpressions: [{ key: "node", operator: "In", values }] } };
}

Deno.test("CNP-10: peers by namespaces and by pods are pods, any of several", () => {
  checkInBothTiers([into({ action: "Deny", from: [inside("y"), one("z/b")] })], {
    denied: ["y/a > x/a:80", "y/b > x/a:80", "z/b > x/a:80"],
    allowed: ["z/a > x/a:80", "x/b > x/a:80"],
  });
  const both = { pods: { namespaceSelector: spaces("y"), podSelector: names("b") } };
  const anywhereB = { pods: { podSelector: names("b") } };
  checkInBothTiers([denyTo(both)], {
    denied: ["x/a > y/b:80"],
    allowed: ["x/a > y/a:80", "x/a > z/b:80"],
  });
  checkInBothTiers([denyTo(anywhereB)], {
    denied: ["x/a > y/b:80", "x/a > x/b:80"],
    allowed: ["x/a > y/a:80"],
  });
});

Deno.test("CNP-10: peers that nobody is among match nothing, and not everything", () => {
  for (const action of ["Deny", "Accept"]) {
    const nobody = [one("x/nobody"), inside("nowhere")];
    const expected = { allowed: ["x/a > y/b:80", "x/a > outside:80", "y/b > x/a:80"] };
    checkInBothTiers([out({ action, to: [...nobody, nodes("n9")] })], expected);
    checkInBothTiers([into({ action, from: nobody })], expected);
  }
});

Deno.test("CNP-11: external, node and kubelet sources match no ingress rule", () => {
  checkInBothTiers([into({ action: "Deny", from: [anyPod] })], {
    allowed: ["outside > x/a:80", "n1 > x/a:80", "n2 > x/a:80", "wire:192.168.0.2 > x/a:80"],
    denied: ["y/b > x/a:80"],
  });
  check(
    cluster(
      into({ action: "Accept", from: [anyPod] }),
      clusterPolicy("b", { tier: "Baseline", ingress: [{ action: "Deny", from: [anyPod] }] }),
    ),
    { allowed: ["y/b > x/a:80", "outside > x/c:80", "n2 > x/c:80"], denied: ["y/b > x/c:80"] },
  );
});

Deno.test("CNP-12: nodes are every address of the nodes that a selector selects", () => {
  checkInBothTiers([denyTo(nodes("n2"))], {
    denied: ["x/a > n2:80", "x/a > n2 ICMP"],
    allowed: ["x/a > n1:80", "x/a > y/b:80", "x/a > outside:80"],
  });
  const external = node("n2", {
    labels: { node: "n2" },
    ips: [...nodeAddresses.n2 ?? [], "198.51.100.2"],
  });
  checkInBothTiers([denyTo(nodes("n2"))], {
    denied: ["x/a > 198.51.100.2:443", "x/a > n2:443"],
    allowed: ["x/a > 198.51.100.3:443"],
  }, [external]);
});

Deno.test("CNP-12: the pod's own node is among the nodes, and an empty selector is all nodes", () => {
  checkInBothTiers([denyTo(nodes("n1"))], {
    denied: ["x/a > n1:80", "x/a > n1:53/UDP", "x/a > n1 ICMP"],
    allowed: ["x/a > n2:80", "x/c > n1:80"],
  });
  checkInBothTiers([denyTo({ nodes: {} })], {
    denied: ["x/a > n1:80", "x/a > n2:80"],
    allowed: ["x/a > y/b:80", "x/a > outside:80", "x/c > n2:80"],
  });
  checkInBothTiers(
    [out({ action: "Accept", to: [{ nodes: {} }] }, { action: "Deny", to: [anywhere] })],
    { allowed: ["x/a > n1:80", "x/a > n2:80"], denied: ["x/a > outside:80", "x/a > y/b:80"] },
  );
});

Deno.test("CNP-12: hostNetwork pods are reached as their nodes", () => {
  const hosts = (["n1", "n2"] as const).map((name) =>
    pod(`y/${name}`, { node: name, ips: nodeAddresses[name] ?? [], hostNetwork: true })
  );
  checkInBothTiers([denyTo(nodes("n2"))], {
    denied: ["x/a > y/n2:80"],
    allowed: ["x/a > y/n1:80"],
  }, hosts);
});

Deno.test("CNP-12: a node without addresses is no peer", () => {
  checkInBothTiers([denyTo({ nodes: {} })], {
    allowed: ["x/a > n2:80"],
    denied: ["x/a > n1:80"],
  }, [node("n2", { labels: { node: "n2" } })]);
});

Deno.test("CNP-13: networks are destinations of any kind: external, pods, nodes, and their ICMP", () => {
  const networks = ["10.0.2.0/24", "192.168.0.0/30", "203.0.113.9/32"];
  checkInBothTiers([denyTo({ networks })], {
    denied: [
      ...["x/a > 10.0.2.2:80", "x/a > 192.168.0.1:80", "x/a > 192.168.0.2:80"],
      ...["x/a > 203.0.113.9:80", "x/a > 203.0.113.9 ICMP", "x/a > 10.0.2.2:53/UDP"],
    ],
    allowed: [
      ...[
        "x/a > 10.0.3.2:80",
        "x/a > fd00::2:2:80",
        "x/a > 203.0.113.8:80",
        "x/a > fd00::2:2 ICMP",
      ],
    ],
  });
  checkInBothTiers([denyTo({ networks: ["0.0.0.0/0"] })], {
    denied: ["x/a > 203.0.113.9:80", "x/a > 10.0.2.2:80", "x/a > 192.168.0.1:80"],
    allowed: ["x/a > 2001:db8::9:80", "x/a > fd00::2:2:80"],
  });
});

Deno.test("CNP-13: host bits are masked, and IPv4 may be written as mapped IPv6", () => {
  checkInBothTiers([denyTo({ networks: ["10.0.2.77/24", "fd00::2:77/112"] })], {
    denied: ["x/a > y/a:80", "x/a > y/b:80"],
    allowed: ["x/a > z/a:80"],
  });
  checkInBothTiers([denyTo({ networks: ["::ffff:10.0.2.0/120"] })], {
    denied: ["x/a > 10.0.2.2:80"],
    allowed: ["x/a > 10.0.3.2:80", "x/a > fd00::2:2:80"],
  });
});

Deno.test("CNP-13: a rule before it is what an exception is", () => {
  for (const action of ["Accept", "Pass"]) {
    const spared = { action, to: [{ networks: ["10.0.2.2/32"] }] };
    checkInBothTiers([out(spared, { action: "Deny", to: [{ networks: ["10.0.0.0/8"] }] })], {
      allowed: ["x/a > 10.0.2.2:80", "x/a > fd00::2:1:80"],
      denied: ["x/a > 10.0.2.1:80", "x/a > 10.0.2.3:80"],
    });
  }
});

Deno.test("CNP-13: many networks that overlap and touch are the union of all", () => {
  const networks = ["10.0.2.0/25", "10.0.2.64/26", "10.0.2.128/25", "10.0.3.0/24", "0.0.0.0/32"];
  checkInBothTiers([denyTo({ networks }, one("y/b"))], {
    denied: ["x/a > 10.0.2.0:80", "x/a > 10.0.2.255:80", "x/a > 10.0.3.255:80", "x/a > y/b:80"],
    allowed: ["x/a > 10.0.4.0:80", "x/a > 10.0.1.255:80", "x/a > fd00::2:1:80"],
  });
});

Deno.test("CNP-29: what comes from a pod's own node is allowed, without any exception in a tier", () => {
  const closed = clusterPolicy("p", {
    ingress: [{ action: "Deny", from: [anyPod] }],
    egress: [{ action: "Deny", to: [anywhere], protocols: [port("tcp", 1, 65535)] }],
  });
  checkInBothTiers([closed], {
    allowed: ["n1 > x/a:80", "n1 > x/a:53/UDP", "n2 > x/b:80", "n1 > x/a ICMP", "n2 > x/a:80"],
    denied: ["y/b > x/a:80", "x/a > n1:80"],
  });
});
