import { SilenceError } from "./silence_error.ts";
import { isTrouble } from "./trouble.ts";
import { Watchdog } from "./watchdog.ts";

/** What is asked for, and how long it may take. */
export interface AskOptions {
  /** As `follow pods`, for messages. */
  readonly task: string;
  /** How long there may be silence at first, in ms. */
  readonly limitMs: number;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/**
 * Makes requests under a watchdog.
 *
 * @throws {SilenceError} for what the watchdog ended: the connection is suspect.
 */
export async function ask<R>(
  { task, limitMs, signal }: AskOptions,
  run: (watchdog: Watchdog) => Promise<R>,
): Promise<R> {
  using watchdog = new Watchdog(limitMs, signal);
  try {
    return await run(watchdog);
  } catch (error) {
    if (!isTrouble(error) || !watchdog.isSilent) throw error;
    throw new SilenceError(task, watchdog);
  }
}
