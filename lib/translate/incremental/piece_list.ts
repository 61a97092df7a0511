// This module is pure.
import { isLastOfPiece, pieceOf, type Pieces, placeOf } from "../../model/pieces.ts";

/** The items of a list from the first on that does not come before a text. */
export function* itemsFrom<T extends string>(pieces: Pieces<T>, text: string): Iterable<T> {
  for (let at = pieceOf(pieces, text); at < pieces.length; at++) {
    const piece = pieces[at]!;
    for (let i = placeOf(piece, text); i < piece.length; i++) yield piece[i]!;
  }
}

/**
 * A list after a change: the pieces in which nothing has changed are the same objects, and are not
 * looked at but for the search. Of the items of all others it is known where a piece ends.
 *
 * @param changed Those that are in the list are taken out, and the others are put in.
 */
export function changePieces<T extends string>(
  pieces: Pieces<T>,
  changed: readonly T[],
): Pieces<T> {
  if (changed.length === 0) return pieces;
  const items = changed.toSorted();
  // What stands behind the last end is a piece that goes on.
  const ended = pieces.length - (isOpen(pieces.at(-1)) ? 1 : 0);
  const list = new PieceList<T>();
  let next = 0;
  let at = 0;
  while (next < items.length || (list.isOpen && at < pieces.length)) {
    if (!list.isOpen) {
      const same = Math.min(ended, pieceOf(pieces, items[next]!, at));
      while (at < same) list.keep(pieces[at++]!);
    }
    const piece = pieces[at] ?? [];
    const last = at++ < ended ? piece.at(-1) : undefined;
    const first = next;
    while (next < items.length && (last === undefined || items[next]! <= last)) next++;
    addChanged(list, { piece, isEnded: last !== undefined }, items.slice(first, next));
  }
  list.close();
  while (at < pieces.length) list.keep(pieces[at++]!);
  return list.pieces;
}

/** Pieces in the making. */
class PieceList<T extends string> {
  readonly pieces: (readonly T[])[] = [];
  #open: (readonly T[])[] = [];

  /** Whether the next item joins others. */
  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** Adds a piece as it is; none is open. */
  keep(piece: readonly T[]): void {
    this.pieces.push(piece);
  }

  /** Adds items. */
  add(items: readonly T[]): void {
    if (items.length > 0) this.#open.push(items);
  }

  /** Ends the piece that is open, if there is one. */
  close(): void {
    if (this.isOpen) this.pieces.push(([] as readonly T[]).concat(...this.#open));
    this.#open = [];
  }
}

/** A piece, and whether its last item ends it. */
interface Piece<T extends string> {
  readonly piece: readonly T[];
  readonly isEnded: boolean;
}

/** Adds the items of a piece, changed. */
function addChanged<T extends string>(
  list: PieceList<T>,
  { piece, isEnded }: Piece<T>,
  changed: readonly T[],
): void {
  let at = 0;
  for (const item of changed) {
    const place = placeOf(piece, item, at);
    list.add(piece.slice(at, place));
    const isThere = piece[place] === item;
    at = isThere ? place + 1 : place;
    if (isThere) continue;
    list.add([item]);
    if (isLastOfPiece(item)) list.close();
  }
  list.add(piece.slice(at));
  if (isEnded && at < piece.length) list.close();
}

function isOpen(piece: readonly string[] | undefined): boolean {
  const last = piece?.at(-1);
  return last !== undefined && !isLastOfPiece(last);
}
