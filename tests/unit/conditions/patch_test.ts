import { deepEqual, doesNotMatch, equal } from "node:assert/strict";
import { parse } from "yaml";
import type { Condition } from "../../../lib/model/condition.ts";
import { makePatch } from "../../../lib/conditions/patch.ts";
import { observe } from "./observed.ts";

function bodyWith(message: string): string {
  const rest = { status: "False", reason: "Invalid", observedGeneration: 1 };
  const condition: Condition = { type: "Accepted", ...rest, message };
  return makePatch({ observed: observe({}), conditions: [condition] }, "now").body;
}

Deno.test("what is applied holds no character that a parser of YAML would misread", () => {
  const text = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit)).join("");
  const message = `${text.toWellFormed()}😀`;
  const body = bodyWith(message);
  doesNotMatch(body, /[^ -~\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u);
  equal(JSON.parse(body).status.conditions[0].message, message);
  deepEqual(parse(body), JSON.parse(body));
});
