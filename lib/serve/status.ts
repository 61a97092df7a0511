// This module is pure.
import type { WriterStatus } from "../conditions/writer.ts";
import type { FollowerStatus } from "../dns/follower.ts";
import type { ReconcileStatus } from "../reconcile/status.ts";
import type { SourceStatus } from "../watch/source.ts";
import type { BridgeStatus } from "./bridge_netfilter.ts";

/** What was done to the kernel. */
export interface KernelStatus {
  /** Transactions by way: through the kept session, or by a process of their own. */
  readonly transactions: { readonly session: number; readonly spawn: number };
  /** How often the kept session was lost and replaced. */
  readonly sessionRestarts: number;
  /** Attempts that failed and were followed by another, by another way. */
  readonly retries: number;
  /** How often the table had to be replaced as a whole, which may leak a few packets. */
  readonly replacements: number;
  /** What differed from what was programmed and was mended: kind -> how often. */
  readonly drift: ReadonlyMap<string, number>;
}

/** How it is with the DNS names in rules. */
export interface NamesStatus extends FollowerStatus {
  /** Addresses that names stand for now. */
  readonly addresses: number;
  /** Addresses that were not taken since the agent began, as there were too many. */
  readonly refused: number;
  /** When the last of them was not, as `performance.now()`; undefined: none was refused. */
  readonly refusedAt: number | undefined;
}

/** The host's ends of the interfaces of this node's pods. */
export interface InterfacesStatus {
  /** Those that are known, and by which packets are routed. */
  readonly routed: number;
  /** Those that are known, and are ports of bridges. */
  readonly ports: number;
  /** Pods with addresses whose interface nobody told of. */
  readonly unknown: number;
  /** Whether what comes by those that are known must have its pod's source. */
  readonly antiSpoof: boolean;
}

/** Everything that the running agent tells of itself. */
export interface AgentStatus {
  /** hedgerow's own. */
  readonly version: string;
  /** The node whose pods it polices, as it was told. */
  readonly nodeName: string;
  /** False when there are Nodes, and none has this node's name. */
  readonly isNodeKnown: boolean;
  /** One for each kind that is followed, or one for all manifests. */
  readonly sources: readonly SourceStatus[];
  /** kind -> how many objects are known. */
  readonly objects: ReadonlyMap<string, number>;
  /** How the conditions of policies are written; undefined where that is not asked for. */
  readonly conditions: WriterStatus | undefined;
  /** Passes and self-heals, and what the last pass isolated. */
  readonly reconcile: ReconcileStatus;
  /** Transactions and repairs since the agent began. */
  readonly kernel: KernelStatus;
  /** How many sandboxes the CNI plugin announced, by how far they are. */
  readonly sandboxes: ReadonlyMap<string, number>;
  /** The host's ends of pods' interfaces. */
  readonly interfaces: InterfacesStatus;
  /** Whether nftables sees what pods on a bridge send each other. */
  readonly bridges: BridgeStatus;
  /** The names in rules, and what is done to learn what they stand for. */
  readonly names: NamesStatus;
}
