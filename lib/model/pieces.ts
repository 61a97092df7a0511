// This module is pure.

/**
 * A sorted list of texts, cut into pieces. Where it is cut follows from the items alone: the same items, the
 * same pieces; and a list with one item more has all but one of its pieces in common with it. So
 * lists of any length are changed and compared at the price of short ones.
 */
export type Pieces<T extends string = string> = readonly (readonly T[])[];

/** A piece holds about so many items. */
const usual = 64;

/** Cuts a sorted list. */
export function inPieces<T extends string>(sorted: readonly T[]): Pieces<T> {
  const pieces: (readonly T[])[] = [];
  let start = 0;
  sorted.forEach((item, i) => {
    if (!isLastOfPiece(item) && i < sorted.length - 1) return;
    pieces.push(sorted.slice(start, i + 1));
    start = i + 1;
  });
  return pieces;
}

/** Tells whether a list has an item. */
export function hasItem(pieces: Pieces, item: string): boolean {
  const piece = pieces[pieceOf(pieces, item)] ?? [];
  return piece[placeOf(piece, item)] === item;
}

/** The first piece, from `from` on, that does not end before a text. */
export function pieceOf(pieces: Pieces, text: string, from = 0): number {
  let [low, high] = [from, pieces.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pieces[middle]!.at(-1)! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place in a piece, from `from` on, that does not come before a text. */
export function placeOf(piece: readonly string[], text: string, from = 0): number {
  let [low, high] = [from, piece.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (piece[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Tells whether a piece ends with an item, whatever else is in the list. */
export function isLastOfPiece(item: string): boolean {
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < item.length; i++) {
    hash = Math.imul(hash ^ item.charCodeAt(i), 0x01000193);
  }
  return (hash ^ hash >>> 15) % usual === 0;
}
