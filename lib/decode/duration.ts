// This module is pure.

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** What `tryParseDuration` takes, for messages. */
export const durationForm = "a duration from 100ms to 24h, as 30s or 5m";

/** Reads a duration as `250ms`, `30s`, `1.5m` or `24h`, in ms; from 100 ms to a day. */
export function tryParseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const ms = Number(match?.[1]) * (unitMs[match?.[2] ?? ""] ?? NaN);
  return ms >= 100 && ms <= 86_400_000 ? ms : undefined;
}
