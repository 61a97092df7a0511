// This module is pure.
import type { ReconcileStatus } from "../reconcile/status.ts";

/** How one kind of objects is followed. */
export interface SourceStatus {
  /** `pods`, `namespaces`, …, or `manifests` for all of them. */
  readonly name: string;
  readonly isSynced: boolean;
  /** Since when it has not been heard of, as `performance.now()`; undefined while it is there. */
  readonly awaySince: number | undefined;
  /** When it was last heard of, as `performance.now()`. */
  readonly lastHeardAt: number | undefined;
  /** What is wrong with it; undefined when nothing is. */
  readonly problem: string | undefined;
  /** What could not be understood in its objects, a line each. */
  readonly issues: readonly string[];
  /** How many lists it has asked for, and how many watches it has begun. */
  readonly lists: number;
  readonly watches: number;
}

/** What was done to the kernel. */
export interface KernelStatus {
  /** Transactions by way: through the kept session, or by a process of their own. */
  readonly transactions: { readonly session: number; readonly spawn: number };
  readonly sessionRestarts: number;
  /** What differed from what was programmed and was mended: kind -> how often. */
  readonly drift: ReadonlyMap<string, number>;
}

/** Everything that the running agent tells of itself. */
export interface AgentStatus {
  readonly version: string;
  readonly nodeName: string;
  /** False when every kind is synced and no Node has this node's name. */
  readonly isNodeKnown: boolean;
  readonly sources: readonly SourceStatus[];
  /** kind -> how many objects are known. */
  readonly objects: ReadonlyMap<string, number>;
  readonly reconcile: ReconcileStatus;
  readonly kernel: KernelStatus;
}
