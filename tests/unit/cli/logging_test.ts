import { equal } from "node:assert/strict";
import { formatMessage } from "../../../lib/cli/logging.ts";

Deno.test("a message reads as it was written, with values of every kind in it", () => {
  const message = [
    ...["Listed ", 3, " ", "pods", ": ", new Error("no way"), "; ", ["a", 1], ", "],
    ...[new Map([["k", 1]]), ""],
  ];
  equal(formatMessage(message), 'Listed 3 pods: no way; a, 1, Map(1) { "k" => 1 }');
});
