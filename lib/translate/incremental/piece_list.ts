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

/**
 * A list after a change: the pieces in which nothing has changed are the same objects, and are not
 * looked at but for the search. Of the items of all others it is known where a piece ends.
 */
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
  const lastOf = (piece: readonly T[]): string => lastText(piece, textOf);
  // What stands behind the last end is a piece that goes on.
  const ended = pieces.length - (isOpen(pieces.at(-1), textOf) ? 1 : 0);
  const changed = new PieceList<T>();
  let next = 0;
  let at = 0;
  while (next < steps.length || (changed.isOpen && at < pieces.length)) {
    if (!changed.isOpen) {
      const same = Math.min(ended, placeOf(pieces, steps[next]!.text, lastOf, at));
      while (at < same) changed.keep(pieces[at++]!);
    }
    const piece = pieces[at] ?? [];
    const last = at++ < ended ? lastOf(piece) : undefined;
    const first = next;
    while (next < steps.length && (last === undefined || steps[next]!.text <= last)) next++;
    addChanged(
      changed,
      { piece, isEnded: last !== undefined, steps: steps.slice(first, next) },
      textOf,
    );
  }
  changed.close();
  while (at < pieces.length) changed.keep(pieces[at++]!);
  return changed.pieces;
}

/** An item that comes, or the text of one that goes. */
interface Step<T> {
  readonly text: string;
  readonly item: T | undefined;
}

/** What becomes of a piece. */
interface PieceChange<T> {
  readonly piece: readonly T[];
  /** Its last item ends it, and none before it does. */
  readonly isEnded: boolean;
  readonly steps: readonly Step<T>[];
}

/** Pieces in the making. */
class PieceList<T> {
  readonly pieces: (readonly T[])[] = [];
  #open: T[] = [];

  /** Whether the next item joins others. */
  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** Adds a piece as it is; none is open. */
  keep(piece: readonly T[]): void {
    this.pieces.push(piece);
  }

  /** Adds an item, which may be the last of its piece. */
  add(item: T, isLast: boolean): void {
    this.#open.push(item);
    if (isLast) this.close();
  }

  /** Ends the piece that is open, if there is one. */
  close(): void {
    if (this.isOpen) this.pieces.push(this.#open.slice()); // without room for more
    this.#open = [];
  }
}

/** Adds the items of a piece after some steps. */
function addChanged<T>(
  list: PieceList<T>,
  { piece, isEnded, steps }: PieceChange<T>,
  textOf: TextOf<T>,
): void {
  const end = isEnded ? piece.length - 1 : piece.length;
  let at = 0;
  for (const { text, item } of steps) {
    const place = placeOf(piece, text, textOf, at);
    while (at < place) list.add(piece[at]!, at++ === end);
    if (item === undefined) at = place + 1;
    else list.add(item, isLastOfPiece(text));
  }
  while (at < piece.length) list.add(piece[at]!, at++ === end);
}

function isOpen<T>(piece: readonly T[] | undefined, textOf: TextOf<T>): boolean {
  return piece !== undefined && !isLastOfPiece(lastText(piece, textOf));
}

function lastText<T>(piece: readonly T[], textOf: TextOf<T>): string {
  const last = piece.at(-1);
  return last === undefined ? "" : textOf(last);
}

/** The first place, from `from` on, in a sorted list whose text does not come before the given one. */
function placeOf<T>(list: readonly T[], text: string, textOf: TextOf<T>, from = 0): number {
  let [low, high] = [from, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (textOf(list[middle]!) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
