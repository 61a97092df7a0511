// This module is pure.
import type { DomainName } from "./cluster_network_policy.ts";
import { parseDomainName } from "./known_name.ts";

/**
 * Prints for which names addresses are used, as the comment of their set. An agent that begins anew so
 * knows what was used in the time of the one before it.
 *
 * @param key The names, printed and parted by commas.
 */
export function formatUsed(key: string): string {
  return `used: ${key}`;
}

/** Reads what `formatUsed` printed, out of a set's line; undefined where it is not that, or cut. */
export function tryParseUsed(line: string): readonly DomainName[] | undefined {
  const [, names] = /^comment "used: ([^"]+)"$/.exec(line) ?? [];
  if (names === undefined || names.endsWith("...")) return undefined;
  return names.split(", ").map(parseDomainName);
}
