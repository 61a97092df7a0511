import { InvalidArgumentError } from "commander";
import { durationForm, tryParseDuration } from "../decode/duration.ts";

/** Reads a truth value. */
export function parseBoolean(value: string): boolean {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new InvalidArgumentError("Expected true or false.");
}

/** Reads a duration, in ms. */
export function parseDuration(value: string): number {
  const ms = tryParseDuration(value);
  if (ms === undefined) throw new InvalidArgumentError(`Expected ${durationForm}.`);
  return ms;
}
