import assert from "node:assert/strict";
import { evaluate } from "../../lib/evaluate/evaluate.ts";
import type { Flow } from "../../lib/evaluate/flow.ts";
import type { DirectionVerdict } from "../../lib/evaluate/verdict.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import { cluster, without } from "./cluster.ts";
import { type ApiObject, clusterPolicy, policy } from "./objects.ts";
import { addresses } from "./packets.ts";
import { anyPod, inside, one } from "./tiers.ts";

/** A connection from y/b to x/a. */
const flow: Flow = {
  source: addresses.b,
  destination: addresses.a,
  transport: { protocol: "TCP", port: 80 },
  senderNode: undefined,
};

/** What is said to it at x/a. */
function verdictWith(...policies: readonly ApiObject[]): DirectionVerdict {
  const state = stateOf(decodeObjects(cluster(...policies)), "n1");
  return evaluate(state, flow).ingress;
}

/** The verdict without the pod: who decided, and who passed. */
function told(verdict: DirectionVerdict): unknown {
  return Object.fromEntries(Object.entries(verdict).filter(([key]) => key !== "pod"));
}

const nobody = { action: "Deny", from: [inside("nowhere")] };
const pass = clusterPolicy("pass", {
  priority: 1,
  ingress: [nobody, { name: "delegate", action: "Pass", from: [anyPod] }],
});
const passedBy = [{ policy: "cnp:pass", direction: "ingress", rule: 1, name: "delegate" }];
const deny = { subject: one("x/a"), ingress: [nobody, { action: "Deny", from: [inside("y")] }] };
const decidedBy = { policy: "cnp:deny", direction: "ingress", rule: 1, name: "" };

Deno.test("a verdict names the tier, the policy and the rule that decide", () => {
  assert.deepEqual(told(verdictWith(clusterPolicy("deny", deny))), {
    ...{ kind: "decided", allowed: false, tier: "Admin", decidedBy, inDoubt: false, passedBy: [] },
  });
  assert.deepEqual(told(verdictWith(pass, clusterPolicy("deny", { ...deny, tier: "Baseline" }))), {
    ...{ kind: "decided", allowed: false, tier: "Baseline", decidedBy, inDoubt: false, passedBy },
  });
});

Deno.test("a verdict tells when a rule denies for want of a namespace that is not known", () => {
  const state = stateOf(decodeObjects(without(cluster(pass), "Namespace /y")), "n1");
  const decidedBy = { policy: "cnp:pass", direction: "ingress", rule: 0, name: "" };
  assert.deepEqual(told(evaluate(state, flow).ingress), {
    ...{ kind: "decided", allowed: false, tier: "Admin", decidedBy, inDoubt: true, passedBy: [] },
  });
});

Deno.test("a verdict of NetworkPolicy names those that isolate, and the rules that allow", () => {
  const allow = policy("x/allow", { podSelector: {}, ingress: [{}] });
  const other = policy("x/other", { podSelector: {}, policyTypes: ["Ingress"] });
  assert.deepEqual(told(verdictWith(pass, other, allow)), {
    kind: "isolated",
    allowed: true,
    tier: "NetworkPolicy",
    isolatedBy: ["x/allow", "x/other"],
    allowedBy: [{ policy: "x/allow", direction: "ingress", rule: 0, name: "" }],
    passedBy,
  });
});

Deno.test("where no tier decides, a verdict names those that were asked in vain", () => {
  const baseline = clusterPolicy("late", { tier: "Baseline", ingress: [nobody] });
  const askedInVain = ["cnp:pass", "cnp:late"];
  assert.deepEqual(told(verdictWith(baseline, pass)), {
    ...{ kind: "undecided", allowed: true, passedBy, askedInVain },
  });
  assert.deepEqual(told(verdictWith()), {
    ...{ kind: "undecided", allowed: true, passedBy: [], askedInVain: [] },
  });
});
