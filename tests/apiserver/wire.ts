import type { Told } from "./collection.ts";
import type { ServedKind } from "./kinds.ts";
import type { Stored } from "./stored.ts";

const encoder = new TextEncoder();

/** What a watch begins its lines with, by type. */
const beginnings = {
  ADDED: encoder.encode(`{"type":"ADDED","object":`),
  MODIFIED: encoder.encode(`{"type":"MODIFIED","object":`),
  DELETED: encoder.encode(`{"type":"DELETED","object":`),
} as const;

const ending = encoder.encode("}\n");

/** The line that tells of an object. */
export function eventLine({ type, object }: Told): Uint8Array {
  const beginning = beginnings[type];
  const line = new Uint8Array(beginning.length + object.json.length + ending.length);
  line.set(beginning);
  line.set(object.json, beginning.length);
  line.set(ending, beginning.length + object.json.length);
  return line;
}

/** The line that tells how far the history is; `endsList` for the end of a streamed list. */
export function bookmarkLine(
  { kind, apiVersion }: ServedKind,
  { version, endsList }: { version: number; endsList: boolean },
): Uint8Array {
  const annotations = endsList ? { annotations: { "k8s.io/initial-events-end": "true" } } : {};
  const metadata = { resourceVersion: `${version}`, creationTimestamp: null, ...annotations };
  return jsonLine({ type: "BOOKMARK", object: { kind, apiVersion, metadata } });
}

/** What the server says of a request that it does not fulfil. */
export interface StatusOptions {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** A `Status` object. */
export function statusObject({ code, reason, message, retryAfterSeconds }: StatusOptions): object {
  const details = retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } };
  const failure = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" };
  return { ...failure, message, reason, ...details, code };
}

/** The answer to a request that is not fulfilled. */
export function statusResponse(options: StatusOptions): Response {
  const headers = new Headers({ "content-type": "application/json" });
  if (options.retryAfterSeconds !== undefined) {
    headers.set("retry-after", `${options.retryAfterSeconds}`);
  }
  return new Response(jsonLine(statusObject(options)), { status: options.code, headers });
}

/** The answer that is one JSON object. */
export function jsonResponse(json: Uint8Array<ArrayBuffer>, status: number = 200): Response {
  return new Response(json, { status, headers: { "content-type": "application/json" } });
}

/** The line that ends a watch with an error. */
export function errorLine(options: StatusOptions): Uint8Array<ArrayBuffer> {
  return jsonLine({ type: "ERROR", object: statusObject(options) });
}

/** What is told to one who stands where the history is forgotten. */
export function expired(version: string, forgotten: number): StatusOptions {
  const message = `too old resource version: ${version} (${forgotten})`;
  return { code: 410, reason: "Expired", message };
}

/** The parts of a list, one after the other. */
export function* listParts(
  { kind, apiVersion }: ServedKind,
  { metadata, items }: { metadata: object; items: Iterable<Stored> },
): Generator<Uint8Array> {
  const head = JSON.stringify({ kind: `${kind}List`, apiVersion, metadata });
  yield encoder.encode(`${head.slice(0, -1)},"items":[`);
  let comma: Uint8Array | undefined;
  for (const { json } of items) {
    if (comma !== undefined) yield comma;
    comma ??= encoder.encode(",");
    yield json;
  }
  yield encoder.encode("]}\n");
}

function jsonLine(value: object): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${JSON.stringify(value)}\n`);
}
