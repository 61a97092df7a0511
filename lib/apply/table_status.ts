// This module is pure.
import type { DriftKind } from "./drift.ts";
import type { TransactorStatus } from "./transactor.ts";

/** What the table's keeper has done so far, for health and metrics. */
export interface TableStatus {
  /** Goes up with each change that was brought to the kernel whole. */
  readonly generation: number;
  /** Calls of apply that ended well, those with nothing to change included. */
  readonly applied: number;
  /** Calls of apply and heal that ended in an error. */
  readonly failed: number;
  /** Why the last call failed; undefined once one has ended well. */
  readonly lastError: string | undefined;
  /** How long the last call of apply took, in ms; 0 before the first. */
  readonly lastApplyMs: number;
  /** How often the table was read back. */
  readonly readBacks: number;
  /** Attempts that failed and were followed by another. */
  readonly retries: number;
  /** How often the table was replaced as the last way, which may leak a few packets. */
  readonly replaced: number;
  /** What somebody else changed and was mended, by kind. */
  readonly repairs: Readonly<Partial<Record<DriftKind, number>>>;
  /** Transactions by the way that they took, and the session. */
  readonly transactions: TransactorStatus;
}

/** The counters that are the keeper's own. */
export type TableCounts = {
  -readonly [K in Exclude<keyof TableStatus, "transactions" | "repairs">]: TableStatus[K];
};

/** Where everything begins. */
export function noCounts(): TableCounts {
  return {
    ...{ generation: 0, applied: 0, failed: 0, lastError: undefined, lastApplyMs: 0 },
    ...{ readBacks: 0, retries: 0, replaced: 0 },
  };
}
