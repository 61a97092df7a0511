// This module is pure.
import { isLastOfPiece, type Pieces } from "../../model/pieces.ts";
import { compareText } from "../../model/object_key.ts";

/** Items to be taken out of a list and put into it. */
export interface ListChange<T> {
  /** Each is in the list. */
  readonly gone: readonly T[];
  /** None is in the list, once the others are gone. */
  readonly come: readonly T[];
}

/** What items are told apart and sorted by. */
export type TextOf<T> = (item: T) => string;

/** Tells whether a list has an item. */
export function hasItem<T>(pieces: Pieces<T>, item: T, textOf: TextOf<T>): boolean {
  const text = textOf(item);
  const [first] = itemsFrom(pieces, text, textOf);
  return first !== undefined && textOf(first) === text;
}

/** The items of a list from the first on whose text does not come before the given one. */
export function* itemsFrom<T>(
  pieces: Pieces<T>,
  text: string,
  textOf: TextOf<T>,
): Iterable<T> {
  for (
    let at = placeOf(pieces, text, (piece) => lastText(piece, textOf));
    at < pieces.length;
    at++
  ) {
    const piece = pieces[at]!;
    for (let i = placeOf(piece, text, textOf); i < piece.length; i++) yield piece[i]!;
  }
}

/** A list after a change: the pieces in which nothing has changed are the same objects. */
export function changePieces<T>(
  pieces: Pieces<T>,
  { gone, come }: ListChange<T>,
  textOf: TextOf<T>,
): Pieces<T> {
  if (gone.length + come.length === 0) return pieces;
  const steps = [
    ...gone.map((item) => ({ text: textOf(item), item: undefined })),
    ...come.map((item) => ({ text: textOf(item), item })),
  ].sort((a, b) => compareText(a.text, b.text));
  const changed: (readonly T[])[] = [];
  let open: readonly T[] = []; // what the next piece begins with
  let next = 0;
  pieces.forEach((piece, i) => {
    const last = lastText(piece, textOf);
    const takesRest = i === pieces.length - 1 && !isLastOfPiece(last);
    const first = next;
    while (next < steps.length && (takesRest || steps[next]!.text <= last)) next++;
    if (first === next && open.length === 0) changed.push(piece);
    else open = cut([...open, ...apply(piece, steps.slice(first, next), textOf)], changed, textOf);
  });
  open = cut([...open, ...apply([], steps.slice(next), textOf)], changed, textOf);
  if (open.length > 0) changed.push(open);
  return changed;
}

/** An item that comes, or the text of one that goes. */
interface Step<T> {
  readonly text: string;
  readonly item: T | undefined;
}

/** The items of a piece after some steps. */
function apply<T>(
  piece: readonly T[],
  steps: readonly Step<T>[],
  textOf: TextOf<T>,
): readonly T[] {
  const items: T[] = [];
  let at = 0;
  for (const { text, item } of steps) {
    const place = placeOf(piece, text, textOf);
    while (at < place) items.push(piece[at++]!);
    if (item === undefined) at = place + 1;
    else items.push(item);
  }
  while (at < piece.length) items.push(piece[at++]!);
  return items;
}

/** Adds the pieces that items make, and gives back those behind the last end. */
function cut<T>(items: readonly T[], pieces: (readonly T[])[], textOf: TextOf<T>): readonly T[] {
  let start = 0;
  items.forEach((item, i) => {
    if (!isLastOfPiece(textOf(item))) return;
    pieces.push(items.slice(start, i + 1));
    start = i + 1;
  });
  return items.slice(start);
}

function lastText<T>(piece: readonly T[], textOf: TextOf<T>): string {
  const last = piece.at(-1);
  return last === undefined ? "" : textOf(last);
}

/** The first place in a sorted list whose text does not come before the given one. */
function placeOf<T>(list: readonly T[], text: string, textOf: TextOf<T>): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (textOf(list[middle]!) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
