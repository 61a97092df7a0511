// This module is pure.

/**
 * Tells whether a server that is at `now` cannot be the one, or cannot remember the history, in
 * which we have seen `seen`. Versions are numbers that only grow; what is no number can only be
 * told to be the same.
 */
export function isOtherHistory(now: string, seen: string): boolean {
  const isNumber = /^\d+$/;
  if (isNumber.test(now) && isNumber.test(seen)) return BigInt(now) < BigInt(seen);
  return now !== seen;
}
