import { type Fields, isFields } from "../decode/fields.ts";
import { GarbledError } from "./garbled_error.ts";
import { Gathering } from "./gathering.ts";
import { getJson, type GetOptions } from "./get_json.ts";
import type { Identified } from "./known.ts";
import { pathOf, type Resource } from "./resources.ts";
import { versionOf } from "./watch_event.ts";

/** A whole list. */
export interface List<T extends Identified> {
  /** The objects of all pages. */
  readonly gathering: Gathering<T>;
  /** Where in the history it stands. */
  readonly version: string;
}

/** How many objects a page has: 2.5 MB of pods. */
const pageSize = "500";

/**
 * Lists a resource page by page; all pages show the same moment.
 *
 * @throws {ApiError} that is expired where that moment is forgotten before the last page.
 */
export async function listPages<T extends Identified>(
  resource: Resource<T>,
  options: GetOptions,
): Promise<List<T>> {
  const gathering = new Gathering(resource);
  let next: Readonly<Record<string, string>> | undefined = {};
  let version = "";
  while (next !== undefined) {
    const page: Page = await getPage(pathOf(resource, { limit: pageSize, ...next }), options);
    for (const item of page.items) gathering.add(item);
    version = page.version;
    next = page.continue === "" ? undefined : { continue: page.continue };
  }
  return { gathering, version };
}

/** Asks where in its history the server is now, for the price of one object. */
export async function currentVersion(
  resource: Resource<unknown>,
  options: GetOptions,
): Promise<string> {
  const { version } = await getPage(pathOf(resource, { limit: "1" }), options);
  return version;
}

interface Page {
  readonly items: readonly unknown[];
  readonly version: string;
  /** What the next page is asked with; "" after the last one. */
  readonly continue: string;
}

async function getPage(path: string, options: GetOptions): Promise<Page> {
  const list = await getJson(path, "a list", options);
  const items = list.items ?? []; // Go prints an empty list as null
  const version = versionOf(list);
  if (!Array.isArray(items)) throw new GarbledError("a list without items");
  if (version === undefined) throw new GarbledError("a list without a resourceVersion");
  return { items, version, continue: continueOf(list) };
}

function continueOf({ metadata }: Fields): string {
  const token = isFields(metadata) ? metadata.continue : undefined;
  return typeof token === "string" ? token : "";
}
