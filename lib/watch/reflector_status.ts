import type { SourceStatus } from "./source.ts";

/** Why a watch was ended, and another one begun. */
export const restartReasons = [
  /** The time that we asked for was over. */
  "timeout",
  /** It ended before its time, in good order as far as can be told. */
  "ended",
  /** It broke off. */
  "cut",
  /** Nothing arrived on it for too long. */
  "silent",
  /** The server has forgotten the history since our version: 410. */
  "expired",
  /** The server refused it, or ended it with an error. */
  "refused",
  /** What came was not of the API. */
  "garbled",
  /** There was no answer at all. */
  "unreachable",
  /** The server has begun a new history. */
  "other-history",
  /** The server has the kind in another version than ours. */
  "other-version",
] as const;

/** One of `restartReasons`. */
export type RestartReason = typeof restartReasons[number];

/** How one kind is followed. */
export interface ReflectorStatus extends SourceStatus {
  /** True while a watch is open. */
  readonly isConnected: boolean;
  /** When anything was heard last, as `performance.now()`; undefined: never. */
  readonly lastHeardAt: number | undefined;
  /** The version up to which everything was seen; undefined while a list is needed. */
  readonly resourceVersion: string | undefined;
  /** How many objects the sink has been told. */
  readonly objects: number;
  /** Lists after the first whole one. */
  readonly relists: number;
  /** reason -> how often a watch was begun anew for it */
  readonly restarts: ReadonlyMap<RestartReason, number>;
  /** Lines and lists that could not be read. */
  readonly parseErrors: number;
  /** The last trouble, also one that is over. */
  readonly lastError: string | undefined;
}
