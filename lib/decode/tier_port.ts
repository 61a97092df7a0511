// This module is pure.
import type { TierProtocol } from "../model/cluster_network_policy.ts";
import type { PortRange } from "../model/port.ts";
import type { Fields, Place } from "./fields.ts";
import { intern } from "./intern.ts";
import { isPortName, isPortNumber } from "./syntax.ts";

/** Decodes a port's number; undefined, and reported, where it is none. */
export function decodePortNumber(value: unknown, { field, report }: Place): PortRange | undefined {
  if (isPortNumber(value)) return { first: value, last: value };
  report.add(field, value, "a number from 1 to 65535");
  return undefined;
}

/**
 * Decodes `start` to `end`, both included. The CRD wants them to differ (CNP-15), but where they
 * are equal nobody can mistake them.
 */
export function decodePortRange(
  { start, end }: Fields,
  { field, report }: Place,
): PortRange | undefined {
  const first = decodePortNumber(start, { field: `${field}.start`, report })?.first;
  if (first === undefined) return undefined;
  if (isPortNumber(end) && end >= first) return { first, last: end };
  report.add(`${field}.end`, end, `a number from ${first} (start) to 65535`);
  return undefined;
}

/**
 * Decodes the name of a destination port (CNP-16). The CRD takes any text; one that no pod can
 * declare is a mistake, and a Deny that it silently turned into nothing would leave open.
 */
export function decodePortName(value: unknown, { field, report }: Place): TierProtocol | undefined {
  if (typeof value === "string" && isPortName(value)) return { kind: "name", name: intern(value) };
  report.add(field, value, "a port's name: at most 15 of a-z, 0-9 and -");
  return undefined;
}
