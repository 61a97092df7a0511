/**
 * The time of day, in ms since the epoch: as it was when the process began, and on from there. A clock
 * that is set is not followed: the kernel's timeouts, which elements with leases have, are not either.
 */
export function timeOfDay(): number {
  return performance.timeOrigin + performance.now();
}
