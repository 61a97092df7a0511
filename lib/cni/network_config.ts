import { durationForm, tryParseDuration } from "../decode/duration.ts";
import { type Fields, isFields, noFields } from "../decode/fields.ts";
import { formatFound } from "../decode/report.ts";
import { CniError } from "./cni_error.ts";
import { type CniVersion, requireVersion } from "./cni_version.ts";

/** The plugin's part of a network configuration, with its defaults filled in. */
export interface NetworkConfig {
  /** What answers are to be in. */
  readonly cniVersion: CniVersion;
  /** `socket`: the path of the agent's. */
  readonly socket: string;
  /** `timeout`: for how long the agent may be away, in ms. */
  readonly timeoutMs: number;
  /** `whenDown`: what becomes of an ADD when the socket cannot be reached in that time. */
  readonly whenDown: "fail" | "allow";
  /** What the plugins before this one made of the interface. */
  readonly prevResult: Fields | undefined;
}

/** The keys of the specification, all but those that begin with `cni.dev/`, and ours. */
const known = new Set([
  ...["cniVersion", "name", "type", "prevResult", "args", "capabilities", "runtimeConfig"],
  ...["ipMasq", "ipam", "dns", "disableCheck", "disableGC", "socket", "timeout", "whenDown"],
]);

/**
 * Reads a network configuration as it comes on the standard input; undefined where there is none.
 *
 * @throws {CniError} 6, "failed to decode content".
 */
export function parseConfig(text: string): Fields | undefined {
  if (text.trim() === "") return undefined;
  const value = tryParseJson(text);
  if (isFields(value)) return value;
  const found = value === undefined ? "no JSON" : formatFound(value);
  throw new CniError("undecodable", `network configuration: found ${found}, expected an object`);
}

/**
 * Reads the fields of a configuration.
 *
 * @throws {CniError} which names the field, what was found and what is expected.
 */
export function readConfig(command: string, fields: Fields = noFields): NetworkConfig {
  const cniVersion = requireVersion(fields.cniVersion, command);
  if (typeof fields.name !== "string" || fields.name === "") {
    throw invalidField("name", fields.name, "the network's name");
  }
  for (const [key, value] of Object.entries(fields)) {
    if (known.has(key) || key.startsWith("cni.dev/")) continue;
    const message = `${key}: found ${formatFound(value)}, expected no such key (of our own there ` +
      `are socket, timeout and whenDown)`;
    throw new CniError("unsupportedField", message);
  }
  return {
    cniVersion,
    socket: readSocket(fields.socket),
    timeoutMs: readTimeout(fields.timeout),
    whenDown: readWhenDown(fields.whenDown),
    prevResult: readPrevResult(fields.prevResult),
  };
}

/** An error about a field of the configuration, with the code "invalid network config". */
export function invalidField(field: string, found: unknown, expected: string): CniError {
  const message = `${field}: found ${formatFound(found)}, expected ${expected}`;
  return new CniError("invalidConfig", message);
}

function readSocket(value: unknown = "/run/hedgerow/agent.sock"): string {
  if (typeof value === "string" && /^\/[^\0]{1,106}$/.test(value)) return value;
  throw invalidField("socket", value, "an absolute path of at most 107 characters");
}

function readTimeout(value: unknown = "10s"): number {
  const ms = typeof value === "string" ? tryParseDuration(value) : undefined;
  if (ms !== undefined) return ms;
  throw invalidField("timeout", value, durationForm);
}

function readWhenDown(value: unknown = "fail"): "fail" | "allow" {
  if (value === "fail" || value === "allow") return value;
  throw invalidField("whenDown", value, `"fail" or "allow"`);
}

function readPrevResult(value: unknown): Fields | undefined {
  if (value === undefined || value === null) return undefined;
  if (isFields(value)) return value;
  throw invalidField("prevResult", value, "an object");
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
