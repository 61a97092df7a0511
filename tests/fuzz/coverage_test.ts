import { deepEqual } from "node:assert/strict";
import * as fc from "fast-check";
import type { Context } from "../../lib/evaluate/context.ts";
import { evaluateDirection } from "../../lib/evaluate/evaluate.ts";
import { ruleCertainty } from "../../lib/evaluate/tier_rule.ts";
import type { DirectionVerdict, RuleReference } from "../../lib/evaluate/verdict.ts";
import type { TierRule } from "../../lib/model/cluster_network_policy.ts";
import { directions } from "../../lib/model/network_policy.ts";
import { policyName } from "../../lib/model/policy_name.ts";
import type { Journey } from "../walk/journey.ts";
import { flowOf, type TestedNode } from "../walk/node.ts";
import { nodesOf, Tally } from "./agreement.ts";
import { fuzzCase } from "./cluster.ts";
import { journeysOf } from "./journeys.ts";
import { say } from "./report.ts";

const clusters = 1000;
/** In 1,000 clusters with about 28,000 connections; the agreement test has 2,000 clusters. */
const least = 10;

/** Every rule of a tier that had a say: who passed, and who decided. */
function saidBy(verdict: DirectionVerdict): readonly RuleReference[] {
  const passed = "passedBy" in verdict ? verdict.passedBy : [];
  return verdict.kind === "decided" ? [...passed, verdict.decidedBy] : passed;
}

/** By what a rule is about the flow: `egress Accept nodes`, or a port `ingress by name`. */
function* waysOf(rule: TierRule, context: Context): Iterable<string> {
  const holds = (part: Partial<TierRule>): boolean =>
    ruleCertainty({ ...rule, ...part }, context) === "yes";
  const what = `${context.direction} ${rule.action}`;
  for (const peer of rule.peers) if (holds({ peers: [peer] })) yield `${what} ${peer.kind}`;
  const names = (rule.protocols ?? []).filter(({ kind }) => kind === "name");
  if (names.length > 0 && holds({ protocols: names })) yield `${context.direction} by name`;
}

/** How a flow was decided at the nodes that judge it, by each rule that had a say. */
function* decidedBy(nodes: readonly TestedNode[], journey: Journey): Iterable<string> {
  const flow = flowOf(journey);
  for (const { name, state } of nodes) {
    const policies = [...state.clusterPolicies.values()];
    for (const direction of directions) {
      const verdict = evaluateDirection(state, flow, direction);
      if (!("pod" in verdict) || verdict.pod.nodeName !== name) continue;
      for (const said of saidBy(verdict)) {
        const policy = policies.find((one) => policyName(one) === said.policy);
        const rule = policy?.[direction][said.rule];
        if (rule !== undefined) yield* waysOf(rule, { state, flow, direction, pod: verdict.pod });
      }
    }
  }
}

Deno.test("random clusters have every kind of peer and named ports that decide, with every action", () => {
  const tally = new Tally();
  for (const fuzz of fc.sample(fuzzCase, { seed: 1, numRuns: clusters })) {
    const nodes = nodesOf(fuzz);
    for (const journey of journeysOf(nodes, fuzz.probes)) {
      for (const way of decidedBy(nodes, journey)) tally.add(way);
    }
  }
  say(`fuzz: ${tally}`);
  const wanted = ["Accept", "Deny", "Pass"].flatMap((action) => [
    ...["pods", "nodes", "networks"].map((kind) => `egress ${action} ${kind}`),
    `ingress ${action} pods`,
  ]);
  wanted.push("egress Accept domainNames", "egress by name", "ingress by name");
  const rare = wanted.filter((kind) => tally.of(kind) < least);
  deepEqual(rare.map((kind) => `${kind}: ${tally.of(kind)}`), []);
});
