import { equal } from "node:assert/strict";
import { formatFound } from "../../../lib/decode/report.ts";

Deno.test("what was found is printed on one short line, and what cannot be seen is escaped", () => {
  for (
    const [value, printed] of [
      [undefined, "nothing"],
      [{ a: [1, null] }, '{"a":[1,null]}'],
      [1n, "a bigint that JSON cannot hold"],
      ["a  b", '"a b"'],
      ["a\nb\u0000", '"a\\nb\\u0000"'],
      ["a\u007fb\u0085c\u009b", '"a\\u007fb\\u0085c\\u009b"'],
      ["a\u200bb\u2028c\u202ed\ufeff", '"a\\u200bb\\u2028c\\u202ed\\ufeff"'],
      ["\ufffe\uffff\ud83d", '"\\ufffe\\uffff\\ud83d"'],
      ["\u{e0001}", '"\\udb40\\udc01"'],
      ["é 😀 日本", '"é 😀 日本"'],
    ] as const
  ) equal(formatFound(value), printed);
});

Deno.test("what was found is cut between characters, wherever that is", () => {
  equal(formatFound("a".repeat(58)), `"${"a".repeat(58)}"`);
  equal(formatFound("a".repeat(59)), `"${"a".repeat(58)}…`);
  for (let length = 50; length < 60; length++) {
    const printed = formatFound(`${"a".repeat(length)}😀😀😀`);
    equal(printed.isWellFormed() && printed.length <= 60, true, printed);
  }
});
