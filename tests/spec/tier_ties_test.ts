import { deepEqual } from "node:assert/strict";
import { priorityTies } from "../../lib/translate/ties.ts";
import { translate } from "../../lib/translate/translate.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import { cluster, without } from "./cluster.ts";
import { adminPolicy, type ApiObject, clusterPolicy, type Fields, policy } from "./objects.ts";
import { anyPod, anywhere, inside, one, tiers } from "./tiers.ts";

/** The ties on a node, each as `Admin ingress 10: cnp:a, cnp:b`. */
function tiesOn(node: string, objects: readonly ApiObject[]): readonly string[] {
  const told = [objects, objects.toReversed()].map((list) => {
    const { groups } = translate(stateOf(decodeObjects(list), node), node);
    return priorityTies(groups).map(({ tier, direction, priority, policies }) =>
      `${tier} ${direction} ${priority}: ${policies.join(", ")}`
    );
  });
  deepEqual(told[0], told[1], "whatever the order of events");
  return told[0] ?? [];
}

/** A policy of priority 10 about x/a, where it does not say otherwise, with one rule on ingress. */
function at(name: string, action: string, more: Fields = {}): ApiObject {
  const ingress = [{ action, from: [anyPod] }];
  return clusterPolicy(name, { subject: one("x/a"), ingress, ...more });
}

Deno.test("CNP-17: policies of the same priority about the same pod are told, in the order in which they decide (corner case 39)", () => {
  for (const tier of tiers) {
    const objects = cluster(at("b", "Accept", { tier }), at("a", "Deny", { tier }));
    deepEqual(tiesOn("n1", objects), [`${tier} ingress 10: cnp:a, cnp:b`]);
    deepEqual(tiesOn("n2", objects), [], "x/a is not there");
  }
  const egress = [{ action: "Deny", to: [anywhere] }];
  const both = cluster(at("a", "Pass", { egress }), at("b", "Accept", { egress }), at("c", "Deny"));
  deepEqual(
    tiesOn("n1", both),
    ["Admin ingress 10: cnp:a, cnp:b, cnp:c"],
    "egress says Deny alone",
  );
});

Deno.test("CNP-17: the kinds of v1alpha1 stand in the same order", () => {
  const ingress = [{ action: "Allow", from: [anyPod] }];
  const objects = cluster(adminPolicy("z", { subject: one("x/a"), ingress }), at("a", "Deny"));
  deepEqual(tiesOn("n1", objects), ["Admin ingress 10: anp:z, cnp:a"]);
});

Deno.test("CNP-17: other priorities, tiers, directions and subjects are no tie", () => {
  const accept = at("a", "Accept");
  const others = [
    at("b", "Deny", { priority: 11 }),
    at("b", "Deny", { tier: "Baseline" }),
    at("b", "Deny", { ingress: [], egress: [{ action: "Deny", to: [anywhere] }] }),
    at("b", "Deny", { subject: one("x/c") }),
    at("b", "Deny", { subject: inside("y") }),
  ];
  for (const other of others) deepEqual(tiesOn("n1", cluster(accept, other)), []);
  deepEqual(tiesOn("n1", cluster(accept, at("b", "Deny", { subject: inside("x") }))), [
    "Admin ingress 10: cnp:a, cnp:b",
  ]);
});

Deno.test("CNP-17: where all rules do the same, it is all the same who comes first", () => {
  for (const action of ["Accept", "Deny", "Pass"]) {
    deepEqual(tiesOn("n1", cluster(at("a", action), at("b", action))), []);
  }
});

Deno.test("CNP-17: what one tie tells of some pods is not told again of others", () => {
  const x = { subject: inside("x") };
  const [a, b] = [at("a", "Accept", x), at("b", "Deny", x)];
  deepEqual(tiesOn("n1", cluster(a, b, at("c", "Pass"))), [
    "Admin ingress 10: cnp:a, cnp:b, cnp:c",
  ]);
  const [onA, onC] = [at("c", "Pass"), at("d", "Pass", { subject: one("x/c") })];
  deepEqual(tiesOn("n1", cluster(a, b, onA, onC)), [
    "Admin ingress 10: cnp:a, cnp:b, cnp:c",
    "Admin ingress 10: cnp:a, cnp:b, cnp:d",
  ]);
});

Deno.test("CNP-17: policies that do not decide are no tie", () => {
  const baseline = { tier: "Baseline" };
  const ties = cluster(at("a", "Accept", baseline), at("b", "Deny", baseline));
  const isolating = policy("x/p", { podSelector: {}, policyTypes: ["Ingress"] });
  deepEqual(tiesOn("n1", [...ties, isolating]), [], "NetworkPolicy has the last word (CNP-18)");
  const broken = at("b", "Deny", { ingress: "none", priority: 0 });
  deepEqual(
    tiesOn("n1", cluster(at("a", "Accept", { priority: 0 }), broken)),
    [],
    "told as broken",
  );
  const unknown = without(cluster(at("a", "Pass"), at("b", "Deny")), "Namespace /x");
  deepEqual(tiesOn("n1", unknown), [], "nobody knows what they are about");
});
