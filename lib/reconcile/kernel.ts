import type { Listing } from "../model/listing.ts";

/** What reconciling asks of the kernel's side. */
export interface Kernel {
  /** Makes the table what it should be; throws when it cannot, and the last good one stays. */
  apply(desired: Listing): Promise<unknown>;
  /** Reads the table back and mends what differs. */
  heal(): Promise<unknown>;
  /** Why the kernel would refuse a table; undefined when it would take it. */
  check(desired: Listing): Promise<Error | undefined>;
}
