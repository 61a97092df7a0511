// This module is pure.
import { type Fields, isFields } from "../decode/fields.ts";
import { type Refusal, tryParseStatus } from "./api_error.ts";
import { GarbledError } from "./garbled_error.ts";

/** One line of a watch. */
export type WatchEvent =
  | {
    readonly type: "ADDED" | "MODIFIED" | "DELETED";
    readonly object: Fields;
    /** Where in the history it stands; undefined where the object does not say. */
    readonly version: string | undefined;
  }
  | {
    readonly type: "BOOKMARK";
    readonly version: string | undefined;
    /** True for the one that ends the list with which a streamed list begins. */
    readonly endsList: boolean;
  }
  | { readonly type: "ERROR"; readonly refusal: Refusal };

/** The annotation of the bookmark that ends a streamed list. */
const endOfList = "k8s.io/initial-events-end";

/**
 * Reads a line of a watch.
 *
 * @throws {GarbledError} for what is none.
 */
export function parseWatchEvent(line: string): WatchEvent {
  const event = parseJson(line);
  if (!isFields(event)) throw new GarbledError("a line that is no JSON object");
  const { type, object } = event;
  if (!isFields(object)) throw new GarbledError("an event without an object");
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
      return { type, object, version: versionOf(object) };
    case "BOOKMARK":
      return { type, version: versionOf(object), endsList: isEndOfList(object) };
    case "ERROR":
      return { type, refusal: tryParseStatus(object) ?? noStatus };
    default:
      throw new GarbledError("an event of unknown type");
  }
}

/** Reads JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch { // its message quotes the text
    throw new GarbledError(`${text.length} characters that are no JSON`);
  }
}

/** The version of an object or list; undefined where it has none. */
export function versionOf({ metadata }: Fields): string | undefined {
  const version = isFields(metadata) ? metadata.resourceVersion : undefined;
  return typeof version === "string" && version !== "" ? version : undefined;
}

const noStatus: Refusal = {
  status: 0,
  reason: "",
  message: "an ERROR event without a Status",
  retryAfterMs: undefined,
};

function isEndOfList({ metadata }: Fields): boolean {
  const annotations = isFields(metadata) ? metadata.annotations : undefined;
  return isFields(annotations) && annotations[endOfList] === "true";
}
