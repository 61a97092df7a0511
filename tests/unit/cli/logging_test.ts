import { deepEqual } from "node:assert/strict";
import { plainly } from "../../../lib/cli/logging.ts";

Deno.test("a message reads as it was written, with values of every kind in it", () => {
  const record = {
    category: ["hedgerow"],
    level: "info",
    timestamp: 0,
    rawMessage: "Listed {count} {kind}: {error}; {all}, {map}",
    message: [
      ...["Listed ", 3, " ", "pods", ": ", new Error("no way"), "; ", ["a", 1], ", "],
      ...[new Map([["k", 1]]), ""],
    ],
    properties: {},
  } as const;
  deepEqual(plainly(record).message, ['Listed 3 pods: no way; a, 1, Map(1) { "k" => 1 }']);
});
