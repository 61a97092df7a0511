import { formatFound } from "../decode/report.ts";
import { CniError } from "./cni_error.ts";

/** The versions of the CNI specification that are spoken, oldest first. */
export const supportedVersions = ["0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;

/** The version that is spoken where none was asked for. */
export const newestVersion = "1.1.0";

/** A version that is spoken. */
export type CniVersion = typeof supportedVersions[number];

/** Since when there is a command; those that are not here have always been. */
const since: Readonly<Record<string, CniVersion>> = {
  CHECK: "0.4.0",
  STATUS: "1.1.0",
  GC: "1.1.0",
};

/** Tells whether a version is spoken. */
export function isSupported(version: unknown): version is CniVersion {
  return supportedVersions.some((known) => known === version);
}

/**
 * The version of a configuration, which must know the command.
 *
 * @throws {CniError} 1, "incompatible CNI version".
 */
export function requireVersion(version: unknown, command: string): CniVersion {
  const first = since[command] ?? supportedVersions[0];
  const able = supportedVersions.slice(supportedVersions.indexOf(first));
  if (isSupported(version) && able.includes(version)) return version;
  throw new CniError(
    "incompatibleVersion",
    `cniVersion: found ${formatFound(version)}, expected ${able.join(" or ")} for ${command}`,
  );
}
