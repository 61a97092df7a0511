import { ok } from "node:assert/strict";
import { suites } from "./options.ts";
import { runSuite } from "./run.ts";
import { sizes } from "./size.ts";
import { formatTable } from "./table.ts";

for (const suite of suites) {
  Deno.test(`the bench of ${suite} runs and gives a figure in every row`, async () => {
    const figures = await runSuite(suite, { size: sizes.tiny, seed: 1 });
    ok(figures.length > 0);
    for (const { name, value, remark } of figures) {
      ok(value === undefined ? remark !== undefined : Number.isFinite(value), name);
    }
    ok(formatTable(figures).split("\n").length === figures.length + 2);
  });
}
