// This module is pure.
import type { Pod } from "../model/cluster.ts";
import type { Tier } from "../model/cluster_network_policy.ts";
import type { Direction } from "../model/network_policy.ts";
import type { ObjectKey } from "../model/object_key.ts";

/** What policies say to a flow: it passes when both directions let it pass (NP-8, CNP-8). */
export interface Verdict {
  /** Whether both directions allow it. */
  readonly allowed: boolean;
  /** At the source. */
  readonly egress: DirectionVerdict;
  /** At the destination. */
  readonly ingress: DirectionVerdict;
}

/** What the policies of one end say, and why. */
export type DirectionVerdict =
  /** No pod that policies could select is at this end (NP-8, NP-44, CNP-10). */
  | { readonly kind: "not judged"; readonly allowed: true }
  /** It comes from the pod's own node (NP-46). */
  | { readonly kind: "own node"; readonly allowed: true; readonly pod: Pod }
  /** The pod could not be understood: nobody knows which policies would select it. */
  | { readonly kind: "broken"; readonly allowed: false; readonly pod: Pod }
  | Decided
  | Isolated
  | Undecided;

/** A rule of the Admin or the Baseline tier decides (CNP-4, CNP-5). */
export interface Decided extends Judged {
  /** Tells it from the other verdicts. */
  readonly kind: "decided";
  /** True for Accept, false for Deny. */
  readonly allowed: boolean;
  /** Where the rule stands. */
  readonly tier: Tier;
  /** The first rule of the tier that matches (CNP-2, CNP-3). */
  readonly decidedBy: RuleReference;
  /** True where it denies what it may not be about: the namespace of an end is not known. */
  readonly inDoubt: boolean;
}

/** NetworkPolicy isolates the pod in this direction, and that is final (NP-6, CNP-18). */
export interface Isolated extends Judged {
  /** Tells it from the other verdicts. */
  readonly kind: "isolated";
  /** True where any rule allows it. */
  readonly allowed: boolean;
  /** The tier of all NetworkPolicies. */
  readonly tier: "NetworkPolicy";
  /** Every policy that isolates the pod in this direction, sorted; at least one. */
  readonly isolatedBy: readonly ObjectKey[];
  /** Every rule that allows the flow; none: it is denied. */
  readonly allowedBy: readonly RuleReference[];
}

/** No tier decides, and so it is allowed (NP-5, CNP-20). */
export interface Undecided extends Judged {
  /** Tells it from the other verdicts. */
  readonly kind: "undecided";
  /** The default. */
  readonly allowed: true;
  /** The policies that are about the pod in this direction all the same, printed, in order. */
  readonly askedInVain: readonly string[];
}

/** What all verdicts have that the tiers have been asked for. */
export interface Judged {
  /** The subject. */
  readonly pod: Pod;
  /** The rules that passed the flow on to the next tier, in order (CNP-6). */
  readonly passedBy: readonly RuleReference[];
}

/** Names a rule of a policy. */
export interface RuleReference {
  /** The policy, printed: `namespace/name`, or `cnp:name` for one of a tier. */
  readonly policy: string;
  /** Whether it is in the policy's `ingress` or its `egress`. */
  readonly direction: Direction;
  /** Its place in the direction's list, from 0. */
  readonly rule: number;
  /** What a tier's rule is called; "" where it has no name. */
  readonly name: string;
}
