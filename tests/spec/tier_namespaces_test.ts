import { check } from "./check.ts";
import { cluster, without } from "./cluster.ts";
import { type ApiObject, clusterPolicy, type Fields } from "./objects.ts";
import { anyPod, anywhere, inside, into, named, one, out, port, tiers } from "./tiers.ts";

/** Checks policies in either tier while nobody knows the namespace y, in which there are pods. */
function checkWithoutY(
  policies: readonly ApiObject[],
  expected: { readonly allowed?: readonly string[]; readonly denied?: readonly string[] },
): void {
  for (const tier of tiers) {
    const inTier = policies.map((policy) => ({
      ...policy,
      spec: { ...policy.spec as Fields, tier },
    }));
    check(without(cluster(...inTier), "Namespace /y"), expected);
  }
}

/** Selects namespaces by the name that each has among its labels. */
function byName(...names: readonly string[]): Fields {
  const key = "kubernetes.io/metadata.name";
  return { namespaces: { matchExpressions: [{ key, operator: "In", values: names }] } };
}

const denyAny = { action: "Deny", from: [anyPod] };

Deno.test("CNP-22: a pod of a namespace that is not known is no peer of an Accept", () => {
  for (const from of [[inside("y")], [anyPod], [byName("y")]]) {
    checkWithoutY([into({ action: "Accept", from }, denyAny)], { denied: ["y/b > x/a:80"] });
  }
  checkWithoutY([out({ action: "Accept", to: [anyPod] }, { action: "Deny", to: [anywhere] })], {
    denied: ["x/a > y/b:80"],
    allowed: ["x/a > z/b:80"],
  });
});

Deno.test("CNP-22: a pod of a namespace that is not known is a peer of every Deny that it may be one of", () => {
  for (const from of [[inside("y")], [inside("x")], [anyPod], [byName("y")], [one("y/b")]]) {
    checkWithoutY([into({ action: "Deny", from })], {
      denied: ["y/b > x/a:80", "y/b > x/a ICMP"],
      allowed: ["outside > x/a:80", "n2 > x/a:80", "y/b > x/c:80", "y/b > y/c:80"],
    });
  }
  checkWithoutY([out({ action: "Deny", to: [inside("x")], protocols: [port("tcp", 80)] })], {
    denied: ["x/a > y/b:80", "x/a > x/b:80"],
    allowed: ["x/a > y/b:81", "x/a > z/b:80"],
  });
});

Deno.test("CNP-22: of a namespace that is not known, the name is known, and its pods' labels are", () => {
  const others = [byName("x", "z"), one("y/a"), one("x/a")];
  checkWithoutY([into({ action: "Deny", from: others })], { allowed: ["y/b > x/a:80"] });
});

Deno.test("CNP-22: a Pass that a pod of a namespace that is not known may be a peer of denies it", () => {
  for (const from of [[inside("y")], [inside("x")], [anyPod]]) {
    checkWithoutY([into({ action: "Pass", from })], {
      denied: ["y/b > x/a:80"],
      allowed: ["outside > x/a:80", "x/b > x/a:80"],
    });
  }
  const pass = { action: "Pass", to: [inside("x"), inside("y"), { networks: ["203.0.113.0/24"] }] };
  checkWithoutY([out(pass, { action: "Accept", to: [anywhere] })], {
    denied: ["x/a > y/b:80"],
    allowed: ["x/a > z/b:80", "x/a > outside:80", "x/a > x/b:80"],
  });
});

Deno.test("CNP-22: what stands before a rule that may be about a pod keeps its meaning for it", () => {
  const accept = { action: "Accept", to: [{ networks: ["10.0.2.2/32", "fd00::2:2/128"] }] };
  for (const action of ["Deny", "Pass"]) {
    checkWithoutY([out(accept, { action, to: [inside("x")] })], {
      allowed: ["x/a > y/b:80"],
      denied: ["x/a > y/a:80"],
    });
  }
});

Deno.test("CNP-16: named ports of pods in a namespace that is not known are denied, and not accepted", () => {
  const to = [inside("x")];
  for (const action of ["Deny", "Pass"]) {
    checkWithoutY([out({ action, to, protocols: [named("serve-80")] })], {
      denied: ["x/a > y/b:80"],
      allowed: ["x/a > y/b:81", "x/a > z/b:80"],
    });
  }
  const accept = { action: "Accept", to: [anyPod], protocols: [named("serve-80")] };
  checkWithoutY([out(accept, { action: "Deny", to: [anywhere] })], {
    denied: ["x/a > y/b:80", "x/a > z/b:81"],
    allowed: ["x/a > z/b:80"],
  });
});

Deno.test("CNP-9: a policy that may be about a pod, as its namespace is not known, denies and accepts nothing", () => {
  const about = (subject: Fields, ...ingress: readonly Fields[]): ApiObject =>
    clusterPolicy("p", { subject, ingress });
  for (const subject of [inside("x"), inside("y"), byName("y"), one("y/a")]) {
    for (const action of ["Deny", "Pass"]) {
      checkWithoutY([about(subject, { action, from: [inside("z")] })], {
        denied: ["z/b > y/a:80"],
        allowed: ["x/b > y/a:80", "outside > y/a:80"],
      });
    }
  }
  const accept = { action: "Accept", from: [inside("z")] };
  checkWithoutY([about(inside("x"), accept, { action: "Deny", from: [inside("z", "x")] })], {
    denied: ["z/b > y/a:80", "x/b > y/a:80"],
    allowed: ["z/b > x/a:80"],
  });
  const none = [byName("x", "z"), one("y/b"), one("x/b")];
  for (const subject of none) {
    checkWithoutY([about(subject, denyAny)], { allowed: ["z/b > y/a:80"] });
  }
});

Deno.test("CNP-9: a policy about every namespace is for certain about pods of one that is not known", () => {
  const ingress = [{ action: "Accept", from: [inside("z")] }, denyAny];
  checkWithoutY([clusterPolicy("p", { subject: { namespaces: {} }, ingress })], {
    allowed: ["z/b > y/a:80"],
    denied: ["x/b > y/a:80", "y/b > y/a:80"],
  });
});
