// This module is pure.
import { type Protocol, protocols } from "../model/port.ts";
import type { Place } from "./fields.ts";

const known: ReadonlySet<unknown> = new Set(protocols);

/** Decodes a protocol: absent or null is TCP (NP-29), and only its exact spelling is known. */
export function decodeProtocol(value: unknown, { field, report }: Place): Protocol | undefined {
  if (value === undefined || value === null) return "TCP";
  if (known.has(value)) return value as Protocol;
  report.add(field, value, "TCP, UDP or SCTP");
  return undefined;
}
