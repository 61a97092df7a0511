// This module is pure.
import type { ClusterState, Pod } from "../model/cluster.ts";
import type { Tier } from "../model/cluster_network_policy.ts";
import type { Direction } from "../model/network_policy.ts";
import { keyOf } from "../model/object_key.ts";
import { policyName } from "../model/policy_name.ts";
import { type Context, findSubject } from "./context.ts";
import type { Flow } from "./flow.ts";
import { allowingRules, isolatingPolicies } from "./network_policy.ts";
import { decideTier, tierPolicies } from "./tier.ts";
import type { Decided, DirectionVerdict, Isolated, RuleReference, Verdict } from "./verdict.ts";

/**
 * Says what policies mean for one flow: the specification as a plain function, without any
 * optimisation. It answers `explain`, and everything that is faster is tested against it.
 */
export function evaluate(state: ClusterState, flow: Flow): Verdict {
  const egress = evaluateDirection(state, flow, "egress");
  const ingress = evaluateDirection(state, flow, "ingress");
  // NP-8, CNP-8: what leaves one pod and enters another needs both; an external end has no side.
  return { allowed: egress.allowed && ingress.allowed, egress, ingress };
}

/** Judges egress at the flow's source, or ingress at its destination, whatever their nodes. */
export function evaluateDirection(
  state: ClusterState,
  flow: Flow,
  direction: Direction,
): DirectionVerdict {
  const pod = findSubject(state, flow, direction);
  if (pod === undefined) return { kind: "not judged", allowed: true };
  if (direction === "ingress" && flow.senderNode === pod.nodeName) {
    return { kind: "own node", allowed: true, pod }; // NP-46, CNP-29; NP-47: no such egress
  }
  if (pod.broken) return { kind: "broken", allowed: false, pod };
  return evaluateTiers({ state, flow, direction, pod });
}

/** CNP-1: Admin, NetworkPolicy, Baseline, and what none of them decides is allowed. */
function evaluateTiers(context: Context): DirectionVerdict {
  const course: Course = { pod: context.pod, passedBy: [], askedInVain: [] };
  return evaluateTier("Admin", context, course) ??
    evaluateIsolation(context, course) ??
    evaluateTier("Baseline", context, course) ?? // CNP-19
    { kind: "undecided", allowed: true, ...course }; // NP-5, CNP-20
}

/** What has been met on the way through the tiers. */
interface Course {
  readonly pod: Pod;
  readonly passedBy: RuleReference[];
  readonly askedInVain: string[];
}

/** What a tier says in the end; undefined where the next one is to be asked. */
function evaluateTier(tier: Tier, context: Context, course: Course): Decided | undefined {
  const policies = tierPolicies(tier, context);
  course.askedInVain.push(...policies.map(({ policy }) => policyName(policy)));
  const decision = decideTier(policies, context);
  if (decision === undefined) return undefined; // CNP-7
  const { action, ...by } = decision;
  const { pod, passedBy } = course;
  switch (action) {
    case "Accept": // CNP-4
    case "Deny": // CNP-5
      return { kind: "decided", allowed: action === "Accept", tier, ...by, pod, passedBy };
    case "Pass": // CNP-6
      course.passedBy.push(by.decidedBy);
      return undefined;
    default:
      return action satisfies never;
  }
}

/** What NetworkPolicies say, which is final (CNP-18); undefined: none isolates the pod (NP-6). */
function evaluateIsolation(context: Context, { pod, passedBy }: Course): Isolated | undefined {
  const policies = isolatingPolicies(context);
  if (policies.length === 0) return undefined;
  const isolatedBy = policies.map(keyOf);
  // NP-7: the union of all their rules, without order.
  const allowedBy = policies.flatMap((policy) => allowingRules(policy, context));
  const allowed = allowedBy.length > 0;
  return { kind: "isolated", allowed, tier: "NetworkPolicy", isolatedBy, allowedBy, pod, passedBy };
}
