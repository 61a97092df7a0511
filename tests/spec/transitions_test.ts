import assert from "node:assert/strict";
import { Tally } from "../fuzz/agreement.ts";
import { slipBetween } from "../fuzz/transition.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import type { End, Journey } from "../walk/journey.ts";
import { type TestedNode, testedNode } from "../walk/node.ts";
import { cluster } from "./cluster.ts";
import { type ApiObject, clusterPolicy, type Fields, namespace, policy } from "./objects.ts";
import { addresses } from "./packets.ts";
import { anyPod, one } from "./tiers.ts";

const onlyA = { matchLabels: { pod: "a" } };
const closed = policy("x/closed", { podSelector: {}, policyTypes: ["Ingress"] });

/** A policy on ingress. */
function into(podSelector: Fields, ...ingress: readonly unknown[]): ApiObject {
  return policy("x/p", { podSelector, policyTypes: ["Ingress"], ingress });
}

function nodeWith(policies: readonly ApiObject[]): TestedNode {
  return testedNode("n1", stateOf(decodeObjects(cluster(...policies)), "n1"));
}

/** From somebody at n2 to x/a and x/c, which are at n1. */
const journeys: readonly Journey[] = [addresses.a, addresses.c].map((server) => {
  const end = (address: End["address"], node: string): End => ({ address, node, isHost: false });
  return { client: end(addresses.b, "n2"), server: end(server, "n1"), protocol: "tcp", port: 80 };
});

/** From x/a to x/c, both at n1: its table judges both ends. */
const within: readonly Journey[] = [{
  client: { address: addresses.a, node: "n1", isHost: false },
  server: { address: addresses.c, node: "n1", isHost: false },
  ...{ protocol: "tcp", port: 80 },
}];

/** No transaction on the way from some policies to others does what neither of them does. */
function expectNoSlip(
  from: readonly ApiObject[],
  to: readonly ApiObject[],
  packets: readonly Journey[] = journeys,
): void {
  const tally = new Tally();
  const watch = { journeys: packets, tally, ends: "any" } as const;
  const slip = slipBetween(nodeWith(from), nodeWith(to), watch);
  assert.equal(slip, undefined);
  assert.ok(
    tally.of("denied throughout") + tally.of("allowed throughout") > 0,
    "nothing was tried",
  );
}

Deno.test("NP-59: a policy that leaves a pod and opens others at once never opens the pod", () => {
  expectNoSlip([closed, into({})], [closed, into(onlyA, {})]);
});

Deno.test("NP-59: a policy that leaves a pod and closes others at once never closes the pod", () => {
  expectNoSlip([into({}, {})], [into(onlyA)]);
});

Deno.test("NP-59: a policy that takes a pod in and closes others at once never opens the pod", () => {
  expectNoSlip([closed, into(onlyA, {})], [closed, into({})]);
});

Deno.test("NP-59: a policy that takes a pod in and opens others at once never closes the pod", () => {
  expectNoSlip([into(onlyA)], [into({}, {})]);
});

/** A tier before NetworkPolicy, in whose chain the map begins. */
const admin = clusterPolicy("first", { ingress: [{ action: "Pass", from: [anyPod] }] });

Deno.test("CNP-24: behind a tier, too, a policy that leaves a pod and closes others never closes the pod", () => {
  expectNoSlip([admin, into({}, {})], [admin, into(onlyA)]);
});

Deno.test("CNP-24: behind a tier, too, a policy that leaves a pod and opens others never opens the pod", () => {
  expectNoSlip([admin, closed, into({})], [admin, closed, into(onlyA, {})]);
});

Deno.test("CNP-24: a policy that changes its tier never opens nor closes what stays as it is", () => {
  const isolated = policy("x/a", { podSelector: onlyA, policyTypes: ["Ingress"] });
  const moving = (tier: string, action: string): ApiObject =>
    clusterPolicy("p", { tier, subject: one("x/c"), ingress: [{ action, from: [anyPod] }] });
  for (const action of ["Accept", "Deny", "Pass"]) {
    expectNoSlip([isolated, moving("Admin", action)], [isolated, moving("Baseline", action)]);
    expectNoSlip([isolated, moving("Baseline", action)], [isolated, moving("Admin", action)]);
  }
});

Deno.test("CNP-24: a namespace whose labels change under its subjects and their peers opens nothing", () => {
  const inTeam = (team: string): Fields => ({ namespaces: { matchLabels: { team } } });
  // Before and after the change nothing goes from x to x: by one policy, then by the other.
  const policies = [
    clusterPolicy("peers", { egress: [{ action: "Deny", to: [inTeam("red")] }] }),
    clusterPolicy("subject", {
      subject: inTeam("blue"),
      egress: [{ action: "Deny", to: [anyPod] }],
    }),
  ];
  const [red, blue] = [
    [...policies, namespace("x", { team: "red" })],
    [...policies, namespace("x", { team: "blue" })],
  ];
  expectNoSlip(red, blue, within);
  expectNoSlip(blue, red, within);
});

Deno.test("NP-59: what a policy denies at one end, and then at the other, never passes on the way", () => {
  const ingress = policy("x/p", { podSelector: {}, policyTypes: ["Ingress"] });
  const types = { policyTypes: ["Ingress", "Egress"] };
  const egress = policy("x/p", { podSelector: {}, ...types, ingress: [{}] });
  expectNoSlip([ingress], [egress], within);
  expectNoSlip([egress], [ingress], within);
});

/** What stands before a policy that changes: pods so change from chain to chain. */
const others: readonly (readonly ApiObject[])[] = [
  [],
  [clusterPolicy("other", {
    ...{ priority: 900, subject: one("x/a") },
    ingress: [{ action: "Pass", from: [anyPod] }],
    egress: [{ action: "Pass", to: [anyPod] }],
  })],
];

for (const other of others) {
  const beside = other.length === 0 ? "" : ", beside another";
  Deno.test(`CNP-24: what a policy of a tier denies at one end, and then at the other, never passes on the way${beside}`, () => {
    const everybody = { subject: { namespaces: {} } };
    const ingress = clusterPolicy("p", {
      ...everybody,
      ingress: [{ action: "Deny", from: [anyPod] }],
    });
    const egress = clusterPolicy("p", {
      ...everybody,
      ingress: [{ action: "Accept", from: [anyPod] }],
      egress: [{ action: "Deny", to: [anyPod] }],
    });
    expectNoSlip([...other, ingress], [...other, egress], within);
    expectNoSlip([...other, egress], [...other, ingress], within);
  });

  Deno.test(`CNP-24: nor where the policy's subject changes with its rules${beside}`, () => {
    const few = clusterPolicy("p", {
      subject: one("x/a"),
      egress: [{ action: "Deny", to: [anyPod] }],
    });
    const all = clusterPolicy("p", {
      subject: { namespaces: {} },
      ingress: [{ action: "Deny", from: [anyPod] }],
      egress: [{ action: "Accept", to: [anyPod] }],
    });
    expectNoSlip([...other, few], [...other, all], within);
    expectNoSlip([...other, all], [...other, few], within);
  });
}
