// This module is pure.
import type { Trigger } from "../cluster/changes.ts";
import type { NodePolicy } from "../model/node_policy.ts";
import type { TierTie } from "../model/priority_tie.ts";
import type { Quarantined } from "./quarantine.ts";

/** How reconciling fares. */
export interface ReconcileStatus {
  /** True once a ruleset of synced state has been in the kernel. */
  readonly hasApplied: boolean;
  /** Why the last pass, or the last self-heal, failed; undefined when it succeeded. */
  readonly lastError: string | undefined;
  /** Passes that reached the kernel, those that changed nothing there included. */
  readonly passes: number;
  /** Passes that did not reach it, and self-heals that failed. */
  readonly failures: number;
  /** How long the last successful pass took, in ms. */
  readonly lastPassMs: number | undefined;
  /** When the loop last turned, as `performance.now()`. */
  readonly turnedAt: number;
  /** Pods of this node that the last successful pass isolated, by direction. */
  readonly isolated: { readonly ingress: number; readonly egress: number };
  /** Groups that these pods share, of both directions together. */
  readonly groups: number;
  /** Policies that are enforced without their rules, by name. */
  readonly quarantined: readonly Quarantined[];
  /** Policies whose order on this node is decided by their names (CNP-17), sorted. */
  readonly ties: readonly TierTie[];
}

/** Hears of every change that has reached the kernel. */
export interface Observer {
  /** Called after each pass that is through, with what is in the kernel now. */
  applied(policy: NodePolicy): void;
  /**
   * Called once for each change, when its pass is through.
   *
   * @param ms From the line received to the transaction committed.
   */
  enforced(trigger: Trigger, ms: number): void;
}
