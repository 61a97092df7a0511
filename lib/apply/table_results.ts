// This module is pure.
import type { Drift } from "./drift.ts";

/** What one apply did. */
export interface Applied {
  /** Transactions that it took; 0 where the kernel had everything already. */
  readonly transactions: number;
  /** True when the table was read back first, instead of trusting what is known. */
  readonly readBack: boolean;
  /** True when the table had to be replaced. */
  readonly replaced: boolean;
  /** How long it took. */
  readonly ms: number;
}

/** What one heal found. */
export interface Healed {
  /** What somebody else had changed; all of it is mended. Empty where nothing was. */
  readonly drift: readonly Drift[];
  /** How long it took. */
  readonly ms: number;
}

/** What one look at the table found. */
export interface Looked extends Healed {
  /** True when the next part of the table is due at once; it need not be the very next thing. */
  readonly isMoreDue: boolean;
}
