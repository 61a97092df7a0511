import type { Listing } from "../model/listing.ts";

/** What reconciling asks of the kernel's side. */
export interface Kernel {
  /** Makes the table what it should be; throws when it cannot, and the last good one stays. */
  apply(desired: Listing): Promise<unknown>;
  /** Reads the table back, all of it, and mends what differs. */
  heal(): Promise<unknown>;
  /** The same of the part whose turn it is; more may be due at once, with a pass in between. */
  look(): Promise<{ readonly isMoreDue: boolean }>;
  /** Why the kernel would refuse a table; undefined when it would take it. */
  check(desired: Listing): Promise<Error | undefined>;
}
