import { deepEqual, equal } from "node:assert/strict";
import type { Want } from "../../../lib/conditions/board.ts";
import { outcomeOf, problemOf } from "../../../lib/conditions/outcome.ts";
import { ApiError } from "../../../lib/watch/api_error.ts";
import { observe } from "./observed.ts";

const want: Want = { observed: observe({ name: "a" }), conditions: [] };

function refusal(status: number): ApiError {
  const rest = { reason: "Why", message: "in its own words", retryAfterMs: undefined };
  return new ApiError("patch /a/status", { status, ...rest });
}

Deno.test("what an attempt came to is told by the server's answer", () => {
  for (
    const [outcome, statuses] of [
      ["conflict", [409]],
      ["gone", [404]],
      ["forbidden", [403]],
      ["refused", [400, 413, 415, 422]],
      ["failed", [405, 500]],
      ["unavailable", [401, 429, 502, 503, 504]],
    ] as const
  ) {
    for (const status of statuses) equal(outcomeOf(refusal(status)), outcome, `${status}`);
  }
  equal(outcomeOf(new Error("Cannot reach it")), "unavailable");
});

Deno.test("who was slower, or writes to what is gone, has no problem; others' are told", () => {
  deepEqual([409, 404, 403, 422, 500, 503].map((status) => problemOf(refusal(status), want)), [
    ...[undefined, undefined],
    "the server forbids it: patch of the status of every ClusterNetworkPolicy must be granted " +
    "(deploy/rbac-write-status.yaml)",
    "cnp:a: Cannot patch /a/status: 422 Why: in its own words",
    "cnp:a: Cannot patch /a/status: 500 Why: in its own words",
    "the server says 503 Why",
  ]);
  equal(problemOf(new Error("Cannot reach it"), want), "Cannot reach it");
});
