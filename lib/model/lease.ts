// This module is pure.

/** Until when an element stays in its set, and for whose sake: what its comment says. */
export interface Lease {
  /** The DNS name that the address was given for. */
  readonly name: string;
  /** When the kernel takes the element out, in ms since the epoch; whole seconds. */
  readonly until: number;
}

/**
 * Prints a lease as an element's comment. The table so tells people why an address is open, and an
 * agent that begins anew what the one before it knew.
 */
export function formatLease({ name, until }: Lease): string {
  return `until ${new Date(until).toISOString().replace(".000Z", "Z")}: ${name}`;
}

/** Reads what `formatLease` printed, out of a whole element; undefined where there is none. */
export function tryParseLease(element: string): Lease | undefined {
  const [, time, name] = / comment "until ([-0-9T:]+Z): ([^"]+)"/.exec(element) ?? [];
  const until = Date.parse(time ?? "");
  return name === undefined || Number.isNaN(until) ? undefined : { name, until };
}
