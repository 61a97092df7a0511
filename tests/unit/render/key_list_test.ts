import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { inPieces, isLastOfPiece } from "../../../lib/model/pieces.ts";
import { keyChanges, KeyList } from "../../../lib/render/key_list.ts";

/** Texts among which one in three ends a piece. */
const ends = Array.from({ length: 20_000 }, (_, i) => `${i}`).filter(isLastOfPiece).slice(0, 20);
const others = Array.from({ length: 40 }, (_, i) => `${i * 431}`).filter((i) => !ends.includes(i));
const keys = fc.subarray([...ends, ...others]).map((some) => some.toSorted());

/** In pieces, of which those that were made before are the same objects. */
function cut(sorted: readonly string[], known: Map<string, readonly string[]>): KeyList {
  return new KeyList(
    inPieces(sorted).map((piece) => {
      const text = piece.join();
      const same = known.get(text) ?? piece;
      known.set(text, same);
      return same;
    }),
  );
}

Deno.test("what makes one list of keys another is what one has and the other has not, in order", () => {
  fc.assert(
    fc.property(keys, keys, (from, to) => {
      const known = new Map<string, readonly string[]>();
      deepEqual(keyChanges(cut(from, known), cut(to, known)), {
        gone: from.filter((key) => !to.includes(key)),
        come: to.filter((key) => !from.includes(key)),
      });
    }),
    { numRuns: 3000 },
  );
});
