import { checked, libc } from "./libc.ts";

const CLOCK_MONOTONIC = 1;
const CLOCK_THREAD_CPUTIME_ID = 3;
const timespec = new BigInt64Array(2);

/**
 * Milliseconds on the kernel's monotonic clock, with fractions. Threads and processes agree on it,
 * as they do not on `performance.now()`, which begins at another instant in every worker.
 */
export function monotonicMs(): number {
  return readClock(CLOCK_MONOTONIC);
}

/** Milliseconds for which this thread has been at work: what others do at the time is not counted. */
export function threadCpuMs(): number {
  return readClock(CLOCK_THREAD_CPUTIME_ID);
}

/** Waits for about so many milliseconds. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until a condition holds; after the deadline an error says that `what` did not happen. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = 5000, everyMs = 5 }: { readonly timeoutMs?: number; readonly everyMs?: number } =
    {},
): Promise<void> {
  const deadline = monotonicMs() + timeoutMs;
  while (!(await condition())) {
    if (monotonicMs() > deadline) {
      throw new Error(`Cannot wait any longer (${timeoutMs} ms): ${what}`);
    }
    await delay(everyMs);
  }
}

function readClock(clock: number): number {
  checked(libc.symbols.clock_gettime(clock, timespec), "read the clock");
  return Number(timespec[0]) * 1e3 + Number(timespec[1]) / 1e6;
}
