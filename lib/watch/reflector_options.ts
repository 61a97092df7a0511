import type { ApiClient } from "./api_client.ts";
import type { Sink } from "./sink.ts";

/** For how long a reflector waits for what, in ms where nothing else is said. */
export interface ReflectorTiming {
  /** For an answer to begin, and between two parts of a page. */
  readonly answerMs: number;
  /** Between two parts of a streamed list: then the server is taken not to know it. */
  readonly streamedListMs: number;
  /** Between two lines of a watch; bookmarks come about every minute. */
  readonly silenceMs: number;
  /** In seconds: the server is asked to end a watch after this time, or up to twice of it. */
  readonly watchSeconds: number;
  /** A watch that lasted so long was a success, even if nothing happened. */
  readonly steadyMs: number;
  /** The first wait after a failure. */
  readonly minBackoffMs: number;
  /** The longest wait after the server refused. */
  readonly maxBackoffMs: number;
  /** The longest wait after it did not answer: when it is back it shall be noticed soon. */
  readonly maxUnreachableMs: number;
  /**
   * A server that did not answer for so long may have been replaced by one whose history has come
   * to pass ours since: then a list is taken instead of going on.
   */
  readonly maxAbsenceMs: number;
  /** The longest time that the server may ask us to wait. */
  readonly maxRetryAfterMs: number;
}

/** What is right for a real server. */
export const defaultTiming: ReflectorTiming = {
  answerMs: 30_000,
  streamedListMs: 15_000,
  silenceMs: 90_000,
  watchSeconds: 300,
  steadyMs: 10_000,
  minBackoffMs: 200,
  maxBackoffMs: 30_000,
  maxUnreachableMs: 10_000,
  maxAbsenceMs: 60_000,
  maxRetryAfterMs: 60_000,
};

/** What a reflector is made with. */
export interface ReflectorOptions<T> {
  /** Shared with the other kinds. */
  readonly client: ApiClient;
  /** Told whole first, then event by event. */
  readonly sink: Sink<T>;
  /** What differs from `defaultTiming`. */
  readonly timing?: Partial<ReflectorTiming>;
  /** From 0 to 1; `Math.random` where there is none. */
  readonly random?: () => number;
}
