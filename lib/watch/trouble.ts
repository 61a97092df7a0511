// This module is pure.
import { AccessError } from "./access_error.ts";
import { ApiError } from "./api_error.ts";
import { GarbledError } from "./garbled_error.ts";
import { OtherVersionError } from "./other_version_error.ts";
import type { RestartReason } from "./reflector_status.ts";
import { SilenceError } from "./silence_error.ts";
import { UnreachableError } from "./unreachable_error.ts";

/** What the network and the server do to us: it will pass, or somebody will mend it. */
export type Trouble =
  | ApiError
  | UnreachableError
  | SilenceError
  | GarbledError
  | AccessError
  | OtherVersionError;

/** Tells trouble from a programmer's error, which must not be survived. */
export function isTrouble(error: unknown): error is Trouble {
  return error instanceof ApiError || error instanceof UnreachableError ||
    error instanceof SilenceError || error instanceof GarbledError ||
    error instanceof AccessError || error instanceof OtherVersionError;
}

/** What to count a trouble as; `isAnswered` where the watch had begun. */
export function reasonOf(error: Trouble, isAnswered: boolean): RestartReason {
  if (error instanceof ApiError) return error.isExpired ? "expired" : "refused";
  if (error instanceof OtherVersionError) return "other-version";
  if (error instanceof SilenceError) return "silent";
  if (error instanceof GarbledError) return "garbled";
  return isAnswered ? "cut" : "unreachable";
}

/** Tells whether the answer was that there is no such path. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Tells whether the server says that it does not know the streamed list, or not as we ask. */
export function isStreamRefusal(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 422);
}

/**
 * Tells whether pages may succeed where a streamed list failed. Not where we lack the right, nor
 * where the server has too much to do or is not there: then pages are no better.
 */
export function mayPagesHelp(error: Trouble, isAnswered: boolean): boolean {
  if (!(error instanceof ApiError)) return isAnswered;
  return ![401, 403, 429, 503].includes(error.status);
}
