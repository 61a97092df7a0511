import { deepEqual } from "node:assert/strict";
import { priorityTies } from "../../lib/translate/ties.ts";
import { translate } from "../../lib/translate/translate.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import { check } from "./check.ts";
import { cluster, without } from "./cluster.ts";
import { answer, type ApiObject, clusterPolicy, type Fields, pod } from "./objects.ts";
import { anyPod, inside, named, names, one, port, spaces, tiers } from "./tiers.ts";

/**
 * y/b, whose namespace nobody knows: a rule that is about other pods for certain, an Accept that is
 * about y/b by its address, and a Pass that may be about it.
 */
function checkOvertaking(byAddress: Fields): void {
  const egress = [
    { action: "Pass", to: [one("x/a")] },
    { action: "Accept", to: [inside("z"), byAddress] },
    { action: "Pass", to: [inside("x")] },
  ];
  for (const tier of tiers) {
    const policy = clusterPolicy("p", { tier, subject: one("x/a"), egress });
    const objects = cluster(policy, answer("b.example.com", ["10.0.2.2", "fd00::2:2"]));
    check(without(objects, "Namespace /y"), {
      allowed: ["x/a > y/b:80", "x/a > z/b:80"],
      denied: ["x/a > y/a:80", "x/a > y/c:80"],
    });
  }
}

Deno.test("CNP-22: a Deny of pods that may be meant does not overtake an Accept of their addresses", () => {
  checkOvertaking({ networks: ["10.0.2.2/32", "fd00::2:2/128"] });
});

Deno.test("CNP-22: a Deny of pods that may be meant does not overtake an Accept of their names", () => {
  checkOvertaking({ domainNames: ["b.example.com"] });
});

/** The ties on n1, each as `ingress: cnp:a, cnp:b`. */
function tiesIn(objects: readonly ApiObject[]): readonly string[] {
  const { groups } = translate(stateOf(decodeObjects(objects), "n1"), "n1");
  return priorityTies(groups)
    .map(({ direction, policies }) => `${direction}: ${policies.join(", ")}`);
}

Deno.test("CNP-17: a policy that is about a pod for certain and one that may be make no tie yet", () => {
  const at = (name: string, action: string, subject: Fields): ApiObject =>
    clusterPolicy(name, { subject, ingress: [{ action, from: [anyPod] }] });
  const policies = [at("a", "Accept", anyPod), at("b", "Deny", one("x/a"))];
  deepEqual(tiesIn(cluster(...policies)), ["ingress: cnp:a, cnp:b"]);
  deepEqual(tiesIn(without(cluster(...policies), "Namespace /x")), []);
});

Deno.test("CNP-17: a tie in one direction is told beside a larger one in the other", () => {
  const rules = (action: string): Fields => ({
    subject: one("x/a"),
    ingress: [{ action, from: [anyPod] }],
    egress: [{ action, to: [anyPod] }],
  });
  const policies = [
    clusterPolicy("a", rules("Accept")),
    clusterPolicy("b", rules("Deny")),
    clusterPolicy("c", { ...rules("Pass"), egress: [] }),
  ];
  deepEqual(tiesIn(cluster(...policies)), ["egress: cnp:a, cnp:b", "ingress: cnp:a, cnp:b, cnp:c"]);
});

Deno.test("CNP-9: of pods with the same policies each is judged in all of its families", () => {
  const pods = [
    pod("x/a", { labels: { pod: "a" }, ips: ["10.0.1.1"] }),
    pod("x/c", { labels: { pod: "c" }, ips: ["fd00::1:3"] }),
  ];
  const deny = { subject: inside("x"), egress: [{ action: "Deny", to: [inside("y")] }] };
  for (const tier of tiers) {
    check(cluster(...pods, clusterPolicy("p", { tier, ...deny })), {
      denied: ["x/a > y/b:80", "x/c > y/b:80"],
      allowed: ["x/a > z/b:80", "x/c > z/b:80"],
    });
  }
});

Deno.test("CNP-3 CNP-16: among many rules numbers before names decide, and names before numbers", () => {
  const filler = Array.from({ length: 6 }, (_, i) => ({
    action: i % 2 === 0 ? "Accept" : "Deny",
    to: [{ networks: [`198.51.100.${i}/32`] }],
    protocols: [port("udp", 1000 + i)],
  }));
  const rules = (...list: readonly Fields[]): ApiObject =>
    clusterPolicy("p", { subject: one("x/a"), egress: [...filler, ...list] });
  const rest = [
    { action: "Pass", to: [inside("z")], protocols: [named("serve-81"), named("dns")] },
    { action: "Deny", to: [inside("z")], protocols: [named("sig")] },
    { action: "Deny", to: [inside("y", "z")] },
  ];
  const accept = (protocol: Fields): Fields => ({
    action: "Accept",
    to: [inside("y")],
    protocols: [protocol],
  });
  const deny = (protocol: Fields): Fields => ({ ...accept(protocol), action: "Deny" });
  const [number, name] = [port("tcp", 80), named("serve-80")];
  for (const [first, second] of [[number, name], [name, number]] as const) {
    check(cluster(rules(accept(first), deny(second), ...rest)), {
      allowed: ["x/a > y/b:80", "x/a > z/b:81", "x/a > z/b:53/UDP"],
      denied: ["x/a > y/b:81", "x/a > z/b:80", "x/a > z/b:80/SCTP"],
    });
    check(cluster(rules(deny(first), accept(second), ...rest)), {
      denied: ["x/a > y/b:80", "x/a > y/b:81"],
      allowed: ["x/a > z/b:81"],
    });
  }
});

/** Rules of different actions about ports of z, so many that they are worked out beforehand. */
const crowd: readonly Fields[] = Array.from({ length: 12 }, (_, i) => ({
  action: ["Accept", "Deny", "Pass"][i % 3],
  to: [{
    pods: { namespaceSelector: spaces("z"), podSelector: names(["a", "b", "c"][i % 3] ?? "") },
  }],
  protocols: [port("tcp", 80, 82 + i)],
}));

Deno.test("CNP-3 CNP-14: what many rules before domain names say nothing of, the rules behind them decide", () => {
  const egress = [
    ...crowd,
    { action: "Accept", to: [{ domainNames: ["example.com"] }] },
    { action: "Deny", to: [{ networks: ["0.0.0.0/0", "::/0"] }] },
  ];
  for (const tier of tiers) {
    const policy = clusterPolicy("p", { tier, subject: one("x/a"), egress });
    check(cluster(policy, answer("example.com", ["203.0.113.9"])), {
      allowed: ["x/a > z/a:80", "x/a > z/c:80", "x/a > 203.0.113.9:80", "x/a > 203.0.113.9:443"],
      denied: ["x/a > z/b:80", "x/a > y/b:80", "x/a > y/b:443", "x/a > 2001:db8::9:80"],
    });
  }
});

Deno.test("CNP-3 CNP-12: among many rules nodes are met by the first that is about them", () => {
  const egress = [
    ...crowd,
    { action: "Accept", to: [{ networks: ["192.168.0.1/32", "fd00:168::1/128"] }] },
    { action: "Deny", to: [{ nodes: {} }, inside("y")] },
    { action: "Accept", to: [{ networks: ["0.0.0.0/0", "::/0"] }] },
  ];
  for (const tier of tiers) {
    check(cluster(clusterPolicy("p", { tier, subject: one("x/a"), egress })), {
      allowed: ["x/a > n1:80", "x/a > n1 ICMP", "x/a > z/a:80", "x/a > outside:80"],
      denied: ["x/a > n2:80", "x/a > n2 ICMP", "x/a > y/b:80", "x/a > z/b:80"],
    });
  }
});

Deno.test("CNP-3 CNP-16: among many rules a Deny of all ports stands before the names behind it", () => {
  const egress = [
    ...crowd,
    { action: "Deny", to: [one("y/b")] },
    { action: "Accept", to: [inside("y")], protocols: [named("serve-80"), named("dns")] },
    { action: "Deny", to: [inside("x")], protocols: [named("serve-80"), named("dns")] },
    { action: "Pass", to: [inside("z")], protocols: [named("serve-81")] },
    { action: "Deny", to: [inside("y", "z")] },
  ];
  for (const tier of tiers) {
    check(cluster(clusterPolicy("p", { tier, subject: one("x/a"), egress })), {
      allowed: ["x/a > y/a:80", "x/a > y/a:53/UDP", "x/a > x/c:81", "x/a > z/a:81"],
      denied: ["x/a > y/b:80", "x/a > y/b:53/UDP", "x/a > y/b:81", "x/a > x/c:80", "x/a > y/a:81"],
    });
  }
});

Deno.test("CNP-3 CNP-14: ports that many rules before domain names are about are the later rules' for other peers", () => {
  const egress = [
    ...Array.from({ length: 10 }, (_, i) => ({
      action: "Accept",
      to: [one("z/b"), { networks: [`198.51.100.${i}/32`] }],
      protocols: [port("tcp", 80 + i)],
    })),
    { action: "Accept", to: [{ domainNames: ["example.com"] }] },
    { action: "Deny", to: [inside("y")], protocols: [port("tcp", 80, 84)] },
    { action: "Accept", to: [inside("y")] },
    { action: "Deny", to: [anyPod] },
  ];
  for (const tier of tiers) {
    check(cluster(clusterPolicy("p", { tier, subject: one("x/a"), egress })), {
      allowed: ["x/a > z/b:80", "x/a > y/b:85", "x/a > y/b ICMP", "x/a > outside:80"],
      denied: ["x/a > y/b:80", "x/a > z/a:80", "x/a > z/b:90"],
    });
  }
});

Deno.test("CNP-3: many ports that are accepted for some are denied to others by the rule behind them", () => {
  const egress = [
    ...Array.from({ length: 10 }, (_, i) => ({
      action: "Accept",
      to: [one("z/b"), { networks: [`198.51.100.${i}/32`] }],
      protocols: [port("tcp", 80 + i)],
    })),
    { action: "Deny", to: [anyPod] },
  ];
  for (const tier of tiers) {
    check(cluster(clusterPolicy("p", { tier, subject: one("x/a"), egress })), {
      allowed: ["x/a > z/b:80", "x/a > z/b:89", "x/a > 198.51.100.3:443"],
      denied: ["x/a > z/b:90", "x/a > y/b:80", "x/a > y/b:89", "x/a > z/a:85", "x/a > y/b ICMP"],
    });
  }
});
