import assert from "node:assert/strict";
import { Tally } from "../fuzz/agreement.ts";
import { slipBetween } from "../fuzz/transition.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import type { End, Journey } from "../walk/journey.ts";
import { type TestedNode, testedNode } from "../walk/node.ts";
import { cluster } from "./cluster.ts";
import { type ApiObject, type Fields, policy } from "./objects.ts";
import { addresses } from "./packets.ts";

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

/** No transaction on the way from some policies to others does what neither of them does. */
function expectNoSlip(from: readonly ApiObject[], to: readonly ApiObject[]): void {
  const tally = new Tally();
  const slip = slipBetween(nodeWith(from), nodeWith(to), { journeys, tally });
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
