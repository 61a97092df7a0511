// This module is pure.
import type { ReconcileStatus } from "../reconcile/status.ts";
import type { SourceStatus } from "../watch/source.ts";

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
  /** False when there are Nodes, and none has this node's name. */
  readonly isNodeKnown: boolean;
  readonly sources: readonly SourceStatus[];
  /** kind -> how many objects are known. */
  readonly objects: ReadonlyMap<string, number>;
  readonly reconcile: ReconcileStatus;
  readonly kernel: KernelStatus;
}
