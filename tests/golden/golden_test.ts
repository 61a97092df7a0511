import assert from "node:assert/strict";
import { keptScripts, scenarios } from "./scenarios.ts";

const isUpdate = Deno.env.get("HEDGEROW_GOLDEN_UPDATE") === "1";

Deno.test("every scenario has its script, and every script its scenario", () => {
  if (isUpdate) {
    for (const { path, script } of scenarios()) {
      Deno.writeTextFileSync(path, script);
    }
  }
  assert.deepEqual(keptScripts(), scenarios().map(({ name }) => name));
});

for (const { name, path, script } of scenarios()) {
  Deno.test(`golden script: ${name}`, () => {
    assert.equal(script, Deno.readTextFileSync(path), "update with: deno task golden:update");
  });
}
