import { deepEqual } from "node:assert/strict";
import { type CpuProfile, functionTimes } from "./profile.ts";

function node(id: number, functionName: string, children: readonly number[] = []): {
  readonly id: number;
  readonly callFrame: CpuProfile["nodes"][number]["callFrame"];
  readonly children: readonly number[];
} {
  const url = functionName.startsWith("(") ? "" : "file:///hedgerow/lib/model/labels.ts";
  return { id, callFrame: { functionName, url, lineNumber: 9 }, children };
}

Deno.test("a profile tells who was at work in a span, alone and with those it calls", () => {
  const profile: CpuProfile = {
    nodes: [
      node(1, "(root)", [2, 5]),
      node(2, "outer", [3]),
      node(3, "inner", [4]),
      node(4, "outer"), // again, by way of the other
      node(5, "(idle)"),
    ],
    startTime: 1_000_000, // at 1000 ms
    samples: [2, 3, 4, 5, 3],
    timeDeltas: [1000, 2000, 4000, 8000, 16_000],
  };
  deepEqual(functionTimes(profile, { from: 1000, to: 1020 }), [
    { name: "outer lib/model/labels.ts:10", self: 5, total: 7 },
    { name: "inner lib/model/labels.ts:10", self: 2, total: 6 },
  ]);
});
