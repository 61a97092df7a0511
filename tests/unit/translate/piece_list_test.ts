import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { inPieces, isLastOfPiece } from "../../../lib/model/pieces.ts";
import { changePieces, itemsFrom } from "../../../lib/translate/incremental/piece_list.ts";

/** Texts among which one in three ends a piece. */
const ends = Array.from({ length: 20_000 }, (_, i) => `${i}`).filter(isLastOfPiece).slice(0, 20);
const others = Array.from({ length: 40 }, (_, i) => `${i * 431}`).filter((i) => !ends.includes(i));
const items = fc.subarray([...ends, ...others]);

Deno.test("a list in pieces, changed here and there, is cut as if it were cut anew, and shares what it can", () => {
  fc.assert(
    fc.property(items, items, fc.nat({ max: 60 }), (before, more, count) => {
      const pieces = inPieces(before.toSorted());
      const gone = before.slice(0, count);
      const come = more.filter((item) => !before.includes(item));
      const after = [...before.slice(count), ...come].sort();
      const changed = changePieces(pieces, [...gone, ...come]);
      deepEqual(changed, inPieces(after));
      deepEqual(changed.flat(), after);
      const fresh = changed.filter((piece) => !pieces.includes(piece));
      ok(fresh.length <= 2 * (gone.length + come.length), `${fresh.length} pieces made anew`);
      for (const text of [...more, ""]) {
        deepEqual([...itemsFrom(changed, text)], after.filter((item) => item >= text));
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("in a long list of addresses one more is one piece more or less, whatever there are", () => {
  for (
    const format of [
      (i: number) => `10.${i >> 16}.${i >> 8 & 255}.${i & 255}`,
      (i: number) => `fd00:${i >> 8}::${i & 255}`,
    ]
  ) {
    const list = Array.from({ length: 20_000 }, (_, i) => format(i)).sort();
    const pieces = inPieces(list);
    ok(pieces.length > 150 && pieces.length < 600, `${pieces.length} pieces`);
    const changed = changePieces(pieces, [`${list[9999]}x`]);
    const known = new Set(pieces);
    ok(changed.filter((piece) => !known.has(piece)).length <= 2);
  }
});
