import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { inPieces, isLastOfPiece } from "../../../lib/model/pieces.ts";
import { keyChanges, KeyList } from "../../../lib/render/key_list.ts";

/** Texts among which one in three ends a piece. */
const ends = Array.from({ length: 20_000 }, (_, i) => `${i}`).filter(isLastOfPiece).slice(0, 20);
const others = Array.from({ length: 40 }, (_, i) => `${i * 431}`).filter((i) => !ends.includes(i));
const keys = fc.subarray([...ends, ...others]).map((some) => some.toSorted());

/** In pieces, of which those that were made before are the same objects. */
function cut(
  sorted: readonly string[],
  known: Map<string, readonly string[]>,
  keyOf?: (element: string) => string,
): KeyList {
  const pieces = inPieces(sorted).map((piece) => {
    const text = piece.join();
    const same = known.get(text) ?? piece;
    known.set(text, same);
    return same;
  });
  return new KeyList(pieces, keyOf);
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

/** Keys, of which some begin with others, and what stands behind each. */
const spoken = fc.uniqueArray(
  fc.tuple(fc.constantFrom(...ends, ...others), fc.constantFrom("timeout 1m", "timeout 5s")),
  { selector: ([key]) => key },
).map((some) => new Map(some.map(([key, said]) => [key, `${key} ${said}`])));

function list(
  elements: ReadonlyMap<string, string>,
  known: Map<string, readonly string[]>,
): KeyList {
  return cut([...elements.values()].toSorted(), known, keyOf);
}

function keyOf(element: string): string {
  return element.slice(0, element.indexOf(" "));
}

Deno.test("an element that says more than its key is found by that, and told whole when it comes", () => {
  fc.assert(
    fc.property(spoken, spoken, (from, to) => {
      const known = new Map<string, readonly string[]>();
      const [before, after] = [list(from, known), list(to, known)];
      deepEqual(new Map(before), from);
      for (const key of [...ends, ...others]) deepEqual(before.get(key), from.get(key));
      const { gone, come } = keyChanges(before, after);
      deepEqual(gone, [...from.keys()].filter((key) => from.get(key) !== to.get(key)).toSorted());
      deepEqual(come, [...to.values()].filter((text) => from.get(keyOf(text)) !== text).toSorted());
    }),
    { numRuns: 1000 },
  );
});
