// This module is pure.
import type { IpAddress } from "./address.ts";

/** An address that is new to its pod: connections from before are not the pod's. */
export interface Newcomer {
  /** The pod need not be isolated. */
  readonly address: IpAddress;
  /** The sandbox that it was given to, as its runtime calls it. */
  readonly sandbox: string;
  /** Another than its last owner's. */
  readonly era: Era;
}

/**
 * An address changes hands from one era to the next, and around: what had begun when it was its last
 * owner's is so told from what has begun since.
 */
export const eras = [1, 2, 3] as const;
/** One of them. */
export type Era = typeof eras[number];
