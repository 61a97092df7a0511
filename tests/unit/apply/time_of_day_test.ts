import { ok } from "node:assert/strict";
import { timeOfDay } from "../../../lib/apply/time_of_day.ts";

const hour = 3_600_000;

Deno.test("CNP-14 a clock that is set makes no address last longer or shorter", () => {
  const now = Date.now;
  ok(Math.abs(timeOfDay() - now()) < hour, "it is the time of day");
  try {
    for (const leap of [-2 * hour, 2 * hour]) {
      const before = timeOfDay();
      Date.now = () => now() + leap;
      const after = timeOfDay();
      ok(after >= before && after < before + hour, "it goes on as before");
    }
  } finally {
    Date.now = now;
  }
});
