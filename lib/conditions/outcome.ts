// This module is pure.
import { policyName } from "../model/policy_name.ts";
import { ApiError } from "../watch/api_error.ts";
import { SilenceError } from "../watch/silence_error.ts";
import type { Want } from "./board.ts";

/** What became of attempts to write: the labels of a metric. */
export const outcomes = [
  /** The conditions stand there. */
  "written",
  /** Somebody was faster, or the policy has changed meanwhile. */
  "conflict",
  /** The policy is gone: the watch will tell, or has. */
  "gone",
  /** The right to write is not granted. */
  "forbidden",
  /** The server takes no such conditions. */
  "refused",
  /** Something broke at this policy, and need not at others: a webhook, perhaps. */
  "failed",
  /** The server is not there, or has too much to do. */
  "unavailable",
] as const;

/** One of `outcomes`. */
export type Outcome = typeof outcomes[number];

/** What an attempt that failed has come to. */
export function outcomeOf(error: unknown): Exclude<Outcome, "written"> {
  if (!(error instanceof ApiError)) return "unavailable";
  switch (error.status) {
    case 409:
      return "conflict";
    case 404:
      return "gone";
    case 403:
      return "forbidden";
    case 400:
    case 413:
    case 415:
    case 422:
      return "refused";
    case 401: // whoever we are: it takes that for no policy
    case 429:
    case 502:
    case 503:
    case 504:
      return "unavailable";
    default:
      return "failed";
  }
}

/**
 * What keeps conditions from being written, on one line; undefined where nothing is amiss. What is
 * not the single policy's fault reads alike for all of them.
 */
export function problemOf(error: unknown, { observed: { policy } }: Want): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  switch (outcomeOf(error)) {
    case "conflict":
    case "gone":
      return undefined;
    case "forbidden":
      return `the server forbids it: patch of the status of every ${policy.kind} must be granted ` +
        "(deploy/rbac-write-status.yaml)";
    case "unavailable":
      if (error instanceof ApiError) {
        return `the server says ${error.status} ${error.reason}`.trim();
      }
      return error instanceof SilenceError ? "the server does not answer" : message;
    default:
      return `${policyName(policy)}: ${message}`;
  }
}
