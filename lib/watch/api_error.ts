// This module is pure.
import { isFields } from "../decode/fields.ts";

/** What the server said of a request that it did not fulfil. */
export interface Refusal {
  /** The HTTP status code. */
  readonly status: number;
  /** `Expired`, `Forbidden`, …; "" where the server gave none. */
  readonly reason: string;
  /** The server's own words. */
  readonly message: string;
  /** How long it asks us to wait; undefined where it does not. */
  readonly retryAfterMs: number | undefined;
}

/** The API server answered, and refused. */
export class ApiError extends Error implements Refusal {
  /** Tells it from other errors. */
  override readonly name = "ApiError";
  readonly status: number;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  /** `request` is what was asked for, as `get /api/v1/pods`: without its query. */
  constructor(request: string, { status, reason, message, retryAfterMs }: Refusal) {
    super(`Cannot ${request}: ${[status, reason].join(" ").trim()}: ${message}`);
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }

  /** The history from where we stand is gone: only a new list helps. */
  get isExpired(): boolean {
    return this.status === 410 || this.reason === "Expired" || this.reason === "Gone";
  }
}

/** Reads a `Status` object; undefined for anything else. */
export function tryParseStatus(value: unknown): Refusal | undefined {
  if (!isFields(value) || value.kind !== "Status") return undefined;
  const details = isFields(value.details) ? value.details : {};
  const seconds = details.retryAfterSeconds;
  return {
    status: typeof value.code === "number" ? value.code : 0,
    reason: typeof value.reason === "string" ? value.reason : "",
    message: typeof value.message === "string" ? value.message : "",
    retryAfterMs: typeof seconds === "number" && seconds > 0 ? seconds * 1000 : undefined,
  };
}

/** Reads the header `Retry-After`: seconds, or a date. */
export function tryParseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
