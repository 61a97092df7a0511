import { type Fields, isFields } from "../decode/fields.ts";
import { GarbledError } from "./garbled_error.ts";
import { getJson, type GetOptions } from "./get_json.ts";
import { OtherVersionError } from "./other_version_error.ts";
import type { Resource } from "./resources.ts";

/**
 * Asks the server itself whether it has a kind. That a path is not found says little: whatever
 * stands before the server may say so, and where a CRD's version is served no more the objects
 * are still there, in another one.
 *
 * @throws {OtherVersionError} where it has the kind in other versions only.
 */
export async function isServed(
  { path, name }: Resource<unknown>,
  options: GetOptions,
): Promise<boolean> {
  const [, , group = "", own = ""] = path.split("/");
  const versions: string[] = [];
  for (const version of await versionsOf(group, options)) {
    const resources = await namesIn(`/apis/${group}/${version}`, "resources", options);
    if (resources.some((resource) => resource.name === name)) versions.push(version);
  }
  if (versions.length > 0 && !versions.includes(own)) throw new OtherVersionError(path, versions);
  return versions.length > 0;
}

async function versionsOf(group: string, options: GetOptions): Promise<readonly string[]> {
  const groups = await namesIn("/apis", "groups", options);
  const known = groups.find(({ name }) => name === group);
  const versions: unknown = known?.versions ?? [];
  if (!Array.isArray(versions)) throw new GarbledError("an API group without versions");
  return versions.map((entry: unknown) => isFields(entry) ? entry.version : undefined)
    .filter((version) => typeof version === "string");
}

/** The objects of a list of discovery. */
async function namesIn(
  path: string,
  field: "groups" | "resources",
  options: GetOptions,
): Promise<readonly Fields[]> {
  const list = (await getJson(path, "discovery", options))[field];
  if (!Array.isArray(list)) throw new GarbledError(`discovery without ${field}`);
  return list.filter(isFields);
}
