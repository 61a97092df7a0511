import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { GarbledError } from "../../../lib/watch/garbled_error.ts";
import { LineSplitter } from "../../../lib/watch/lines.ts";

function split(chunks: readonly Uint8Array[]): { lines: readonly string[]; pending: number } {
  const splitter = new LineSplitter();
  const lines: string[] = [];
  for (const chunk of chunks) splitter.push(chunk, (line) => lines.push(decode(line)));
  return { lines, pending: splitter.pending };
}

function decode(line: Uint8Array): string {
  return new TextDecoder().decode(line);
}

const encoder = new TextEncoder();

Deno.test("lines are the same however the bytes are cut, in the middle of a letter too", () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", " "));
  const cuts = fc.array(fc.nat(200));
  fc.assert(fc.property(fc.array(line), line, cuts, (lines, rest, at) => {
    const bytes = encoder.encode([...lines, rest].join("\n"));
    const ends = [...new Set([...at.map((cut) => cut % (bytes.length + 1)), bytes.length])]
      .sort((a, b) => a - b);
    const found = split(ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end)));
    deepEqual(found.lines, lines.filter((text) => text !== ""));
    equal(found.pending, encoder.encode(rest).length);
  }));
});

Deno.test("what follows the last line break is no line", () => {
  deepEqual(split([encoder.encode("one\ntwo")]), { lines: ["one"], pending: 3 });
});

Deno.test("a chunk may be used again: what is kept back is a copy", () => {
  const splitter = new LineSplitter();
  const chunk = encoder.encode("abc");
  const lines: string[] = [];
  splitter.push(chunk, (line) => lines.push(decode(line)));
  chunk.fill(0x7a);
  splitter.push(encoder.encode("d\n"), (line) => lines.push(decode(line)));
  deepEqual(lines, ["abcd"]);
});

Deno.test("a line that does not end is not kept for ever", () => {
  const splitter = new LineSplitter(10);
  splitter.push(encoder.encode("0123456789"), () => {});
  throws(() => splitter.push(encoder.encode("x"), () => {}), GarbledError);
});
