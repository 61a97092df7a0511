// This module is pure.
import type { Direction } from "../model/network_policy.ts";
import type { ObjectKey } from "../model/object_key.ts";
import type { Pod } from "../model/cluster.ts";

/** What policies say to a flow: it passes when both directions let it pass (NP-8). */
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
  /** No pod that policies could select is at this end (NP-8, NP-44). */
  | { readonly kind: "not judged"; readonly allowed: true }
  /** It comes from the pod's own node (NP-46). */
  | { readonly kind: "own node"; readonly allowed: true; readonly pod: Pod }
  /** No policy isolates the pod in this direction (NP-5). */
  | { readonly kind: "not isolated"; readonly allowed: true; readonly pod: Pod }
  /** A rule allows it. */
  | {
    readonly kind: "allowed";
    readonly allowed: true;
    readonly pod: Pod;
    /** Every policy that isolates the pod in this direction, sorted. */
    readonly isolatedBy: readonly ObjectKey[];
    /** Every rule that allows the flow; at least one. */
    readonly allowedBy: readonly RuleReference[];
  }
  /** The pod is isolated and no rule allows it. */
  | {
    readonly kind: "denied";
    readonly allowed: false;
    readonly pod: Pod;
    /** Every policy that isolates the pod in this direction, sorted; none where it is broken. */
    readonly isolatedBy: readonly ObjectKey[];
  };

/** Names a rule of a policy. */
export interface RuleReference {
  /** The policy, as namespace/name. */
  readonly policy: ObjectKey;
  /** Whether it is in the policy's `ingress` or its `egress`. */
  readonly direction: Direction;
  /** Its place in the direction's list, from 0. */
  readonly rule: number;
}
