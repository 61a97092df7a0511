import type { Listing } from "../model/listing.ts";

/** What reconciling asks of the kernel's side. */
export interface Kernel {
  /** Makes the main table what it should be; throws when it cannot, and the last good one stays. */
  apply(desired: Listing): Promise<unknown>;
  /** Does what is left of that, which nobody need wait for. */
  finish(): Promise<void>;
  /** Makes the table of ports what it should be; undefined: it is to be gone. Throws likewise. */
  applyPorts(desired: Listing | undefined): Promise<unknown>;
  /** Reads the tables back, all of them, and mends what differs. */
  heal(): Promise<unknown>;
  /** The same of the part whose turn it is; more may be due at once, with a pass in between. */
  look(): Promise<{ readonly isMoreDue: boolean }>;
  /** Why the kernel would refuse a main table; undefined when it would take it. */
  check(desired: Listing): Promise<Error | undefined>;
}
