// This module is pure.
import type { Trigger } from "../cluster/changes.ts";
import type { Quarantined } from "./quarantine.ts";

/** How reconciling fares. */
export interface ReconcileStatus {
  /** True once a ruleset of synced state has been in the kernel. */
  readonly hasApplied: boolean;
  /** Why the last pass, or the last self-heal, failed; undefined when it succeeded. */
  readonly lastError: string | undefined;
  /** Passes that reached the kernel, and passes that did not. */
  readonly passes: number;
  readonly failures: number;
  /** How long the last successful pass took, in ms. */
  readonly lastPassMs: number | undefined;
  /** When the loop last turned, as `performance.now()`. */
  readonly turnedAt: number;
  /** Pods of this node that are isolated in each direction, and the groups that they share. */
  readonly isolated: { readonly ingress: number; readonly egress: number };
  readonly groups: number;
  readonly quarantined: readonly Quarantined[];
}

/** Hears of every change that has reached the kernel. */
export interface Observer {
  /** @param ms From the line received to the transaction committed. */
  enforced(trigger: Trigger, ms: number): void;
}
