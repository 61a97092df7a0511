import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { ApiError, tryParseRetryAfter, tryParseStatus } from "../../../lib/watch/api_error.ts";
import { Backoff, sleep } from "../../../lib/watch/backoff.ts";
import { pathOf, pods, watchParameters } from "../../../lib/watch/resources.ts";
import { isOtherHistory } from "../../../lib/watch/version.ts";
import { parseWatchEvent } from "../../../lib/watch/watch_event.ts";
import { UnreachableError } from "../../../lib/watch/unreachable_error.ts";

Deno.test("a pod's watch asks for no ended pods, and for bookmarks", () => {
  const selector = "fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed";
  equal(
    pathOf(pods, watchParameters("7", 300)),
    `/api/v1/pods?${selector}&watch=1&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=7`,
  );
});

Deno.test("events are read, with the version that they bring", () => {
  const metadata = { name: "a", resourceVersion: "12" };
  const object = { metadata };
  for (const type of ["ADDED", "MODIFIED", "DELETED"]) {
    deepEqual(parseWatchEvent(JSON.stringify({ type, object })), { type, object, version: "12" });
  }
});

Deno.test("only an annotated bookmark ends a streamed list", () => {
  const read = (annotations?: object): unknown =>
    parseWatchEvent(JSON.stringify({
      type: "BOOKMARK",
      object: { metadata: { resourceVersion: "12", annotations } },
    }));
  const bookmark = { type: "BOOKMARK", version: "12" };
  deepEqual(read(), { ...bookmark, endsList: false });
  deepEqual(read({ "k8s.io/initial-events-end": "false" }), { ...bookmark, endsList: false });
  deepEqual(read({ "k8s.io/initial-events-end": "true" }), { ...bookmark, endsList: true });
});

Deno.test("whatever a line says, it is an event or a GarbledError that quotes nothing", () => {
  const line = fc.oneof(fc.string(), fc.json());
  fc.assert(fc.property(line, (text) => {
    try {
      parseWatchEvent(text);
    } catch (error) {
      equal(error instanceof Error && error.name, "GarbledError");
    }
  }));
  throws(() => parseWatchEvent(`{"secret": tru`), {
    message: "Cannot read the API server's answer: found 14 characters that are no JSON",
  });
});

Deno.test("a Status says why, and how long to wait", () => {
  const status = { kind: "Status", code: 429, reason: "TooManyRequests", message: "slow" };
  deepEqual(tryParseStatus({ ...status, details: { retryAfterSeconds: 3 } }), {
    ...{ status: 429, reason: "TooManyRequests", message: "slow", retryAfterMs: 3000 },
  });
  equal(tryParseStatus({ ...status, kind: "Pod" }), undefined);
  equal(tryParseStatus("Status"), undefined);
});

Deno.test("Retry-After is seconds or a date", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  equal(tryParseRetryAfter("7", now), 7000);
  equal(tryParseRetryAfter("Thu, 01 Jan 2026 00:00:09 GMT", now), 9000);
  equal(tryParseRetryAfter("Thu, 01 Jan 2025 00:00:09 GMT", now), 0);
  equal(tryParseRetryAfter("soon", now), undefined);
  equal(tryParseRetryAfter(undefined, now), undefined);
});

Deno.test("an expired history is told by the status or by the reason", () => {
  const error = (status: number, reason: string): ApiError =>
    new ApiError("get /p", { status, reason, message: "m", retryAfterMs: undefined });
  ok(error(410, "").isExpired && error(0, "Expired").isExpired && error(0, "Gone").isExpired);
  ok(!error(500, "InternalError").isExpired);
  equal(error(500, "InternalError").message, "Cannot get /p: 500 InternalError: m");
  equal(error(502, "").message, "Cannot get /p: 502: m");
});

Deno.test("versions are compared as numbers of any length", () => {
  equal(isOtherHistory("99999999999999999998", "99999999999999999999"), true);
  equal(isOtherHistory("100", "99"), false);
  equal(isOtherHistory("99", "99"), false);
  equal(isOtherHistory("abc", "abc"), false);
  equal(isOtherHistory("abc", "abd"), true);
});

Deno.test("waits double up to their limit, by chance halved at most, and begin anew", () => {
  for (const [chance, share] of [[1, 1], [0, 0.5]] as const) {
    const backoff = new Backoff({ minMs: 200, maxMs: 1000, random: () => chance });
    const waits = (limitMs?: number): number => backoff.next(limitMs) / share;
    deepEqual([waits(), waits(), waits(), waits(), waits()], [200, 400, 800, 1000, 1000]);
    equal(waits(300), 300);
    backoff.reset();
    equal(waits(), 200);
  }
});

Deno.test("a sleep ends when it is told to", async () => {
  const abort = new AbortController();
  const sleeping = sleep(3_600_000, abort.signal);
  abort.abort();
  await sleeping;
  await sleep(3_600_000, abort.signal);
});

Deno.test("a server that is not reached is named, without what was asked of it", () => {
  const cause = new TypeError("fetch failed", {
    cause: new Error(
      "error sending request for url (https://h:1/api?x=y): client error (Connect): tcp connect " +
        "error: Connection refused (os error 111)",
    ),
  });
  equal(
    new UnreachableError("https://h:1/api?x=y", cause).message,
    "Cannot reach https://h:1: client error (Connect): tcp connect error: Connection refused " +
      "(os error 111)",
  );
});
