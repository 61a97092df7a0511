import type { ApiPath } from "./kinds.ts";
import type { Collection } from "./collection.ts";
import type { Faults } from "./faults.ts";
import { type FieldSelector, tryParseFieldSelector } from "./field_selector.ts";
import { Pages } from "./pages.ts";
import { streamOf } from "./event_stream.ts";
import type { ObjectStore } from "./store.ts";
import { Watch } from "./watch.ts";
import { expired, jsonResponse, listParts, statusResponse } from "./wire.ts";

/** What requests are answered from. */
export interface ReadContext {
  readonly store: ObjectStore;
  readonly faults: Faults;
  readonly pages: Pages;
  readonly watches: Set<Watch>;
  readonly bookmarkMs: number;
}

/** Answers a GET of a collection or of one object. */
export function answerRead(
  target: ApiPath,
  query: URLSearchParams,
  context: ReadContext,
): Response {
  const collection = context.store.collection(target.kind.resource);
  if (target.name !== "") return getObject(target, collection);
  const selects = selectorOf(target, query);
  if (selects === undefined) {
    const message = `field label not supported: ${query.get("fieldSelector")}`;
    return statusResponse({ code: 400, reason: "BadRequest", message });
  }
  const isWatch = ["1", "true"].includes(query.get("watch") ?? "");
  const asked = { query, collection, selects };
  return isWatch ? answerWatch(asked, context) : answerList(asked, context);
}

interface Asked {
  readonly query: URLSearchParams;
  readonly collection: Collection;
  readonly selects: FieldSelector;
}

function getObject({ namespace, name, kind }: ApiPath, collection: Collection): Response {
  const object = collection.objects.get(namespace === "" ? name : `${namespace}/${name}`);
  if (object !== undefined) return jsonResponse(Uint8Array.from(object.json));
  const message = `${kind.resource} "${name}" not found`;
  return statusResponse({ code: 404, reason: "NotFound", message });
}

function selectorOf({ namespace }: ApiPath, query: URLSearchParams): FieldSelector | undefined {
  const selects = tryParseFieldSelector(query.get("fieldSelector") ?? "");
  if (selects === undefined || namespace === "") return selects;
  return (fields) => fields.get("metadata.namespace") === namespace && selects(fields);
}

function answerList({ query, collection, selects }: Asked, context: ReadContext): Response {
  const { store, pages } = context;
  const limit = Number(query.get("limit") ?? 0);
  const token = query.get("continue") ?? "";
  const { forgotten } = collection;
  const page = token === ""
    ? pages.first(collection, { limit, selects, version: store.version })
    : pages.next(token, { limit, forgotten });
  if (page === undefined) return statusResponse(expired(token, forgotten));
  const more = page.next === undefined
    ? {}
    : { continue: page.next, remainingItemCount: page.remaining };
  const metadata = { resourceVersion: `${page.version}`, ...more };
  const parts = listParts(collection.kind, { metadata, items: page.items });
  return new Response(streamOf(parts), { headers: { "content-type": "application/json" } });
}

function answerWatch({ query, collection, selects }: Asked, context: ReadContext): Response {
  const { faults, store, watches } = context;
  const wantsList = query.get("sendInitialEvents") === "true" && faults.streamedLists !== "ignore";
  if (wantsList && isStreamRefused(query, faults)) {
    const message = "sendInitialEvents: Forbidden: not for this watch";
    return statusResponse({ code: 422, reason: "Invalid", message });
  }
  const version = query.get("resourceVersion") ?? "";
  const from = version === "" || version === "0" || wantsList ? undefined : Number(version);
  const isExpired = from !== undefined && from < collection.forgotten;
  if (isExpired && faults.expiry === "status") {
    return statusResponse(expired(version, collection.forgotten));
  }
  const wantsBookmarks = query.get("allowWatchBookmarks") === "true" && !faults.noBookmarks;
  const watch = new Watch({
    ...{ collection, selects, from, isStreamedList: wantsList },
    timeoutMs: Number(query.get("timeoutSeconds") ?? 1800) * 1000,
    bookmarkMs: wantsBookmarks ? context.bookmarkMs : undefined,
    version: () => store.version,
  }, (over) => watches.delete(over));
  watches.add(watch);
  if (isExpired) watch.error(expired(version, collection.forgotten));
  return new Response(watch.body, { headers: { "content-type": "application/json" } });
}

function isStreamRefused(query: URLSearchParams, faults: Faults): boolean {
  return faults.streamedLists === "refuse" ||
    query.get("resourceVersionMatch") !== "NotOlderThan" ||
    query.get("allowWatchBookmarks") !== "true";
}
