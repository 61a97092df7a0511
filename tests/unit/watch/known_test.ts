import { deepEqual, equal } from "node:assert/strict";
import { IssueBook } from "../../../lib/watch/issue_book.ts";
import { Known } from "../../../lib/watch/known.ts";
import { Watchdog } from "../../../lib/watch/watchdog.ts";
import { RecordingSink } from "../../watch/recording_sink.ts";

const web = { namespace: "shop", name: "web", uid: "1" };
const reborn = { ...web, uid: "2" };

function knowing(...objects: readonly (typeof web)[]): {
  readonly known: Known<typeof web>;
  readonly sink: RecordingSink<typeof web>;
} {
  const sink = new RecordingSink<typeof web>();
  const known = new Known(sink);
  known.replace(objects, 0);
  return { known, sink };
}

Deno.test("another UID under the same name: the first one is removed before the second comes", () => {
  const { known, sink } = knowing(web);
  known.upsert(reborn, 1);
  deepEqual(sink.calls, ["replace 1", "remove shop/web", "upsert shop/web"]);
  equal(known.size, 1);
});

Deno.test("what is told of one that was replaced under its name is no news", () => {
  const { known, sink } = knowing(reborn);
  known.remove(web, 1);
  deepEqual(sink.calls, ["replace 1"]);
  known.remove(reborn, 2);
  known.remove(reborn, 3);
  deepEqual(sink.calls, ["replace 1", "remove shop/web"]);
  equal(known.size, 0);
});

Deno.test("an event after which the record reads as before is no news", () => {
  const labels = new Map([["app", "web"]]);
  const [first, again] = [{ ...web, labels }, { ...web, labels: new Map(labels) }];
  const sink = new RecordingSink<typeof first>();
  const known = new Known(sink);
  known.replace([first], 0);
  known.upsert(again, 1);
  deepEqual(sink.calls, ["replace 1"]);
  known.upsert({ ...again, labels: new Map([["app", "shelf"]]) }, 2);
  known.upsert(again, 3);
  deepEqual(sink.calls, ["replace 1", "upsert shop/web", "upsert shop/web"]);
  known.replace([{ ...again }], 4);
  equal(sink.objects.get("shop/web"), again, "the old record is kept");
});

Deno.test("issues are of the objects as they are now", () => {
  const book = new IssueBook();
  const issue = { object: "Pod shop/web", field: "spec", found: "7", expected: "an object" };
  const [raw, other] = [{ metadata: web }, { metadata: { ...web, name: "db" } }];
  book.note(raw, [issue]);
  book.note(other, []);
  deepEqual(book.lines, ["Pod shop/web: spec: found 7, expected an object"]);
  book.note(raw, []);
  deepEqual(book.lines, []);
  book.note(raw, [issue]);
  book.forget(raw);
  deepEqual(book.lines, []);
  book.note(raw, [issue]);
  book.replace(new Map());
  deepEqual(book.lines, []);
});

Deno.test("a watchdog ends what is silent for too long, and lets alone what is not", async () => {
  const outer = new AbortController();
  using watchdog = new Watchdog(50, outer.signal);
  const ended = new Promise((resolve) => watchdog.signal.addEventListener("abort", resolve));
  const since = performance.now();
  watchdog.limit(80);
  await ended;
  equal(watchdog.isSilent, true);
  equal(performance.now() - since >= 79, true); // never before its time
});

Deno.test("a watchdog passes on the word of who is no longer interested", () => {
  const outer = new AbortController();
  using watchdog = new Watchdog(60_000, outer.signal);
  outer.abort();
  equal(watchdog.signal.aborted, true);
  equal(watchdog.isSilent, false);
  using late = new Watchdog(60_000, outer.signal);
  equal(late.signal.aborted, true);
});
