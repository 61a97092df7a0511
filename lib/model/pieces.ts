// This module is pure.

/**
 * A sorted list, cut into pieces. Where it is cut follows from the items alone: the same items, the
 * same pieces; and a list with one item more has all but one of its pieces in common with it. So
 * lists of any length are changed and compared at the price of short ones.
 */
export type Pieces<T> = readonly (readonly T[])[];

/** A piece holds about so many items. */
const usual = 256;

/** Cuts a sorted list; items are told apart, and sorted, by their texts. */
export function inPieces<T>(sorted: readonly T[], textOf: (item: T) => string): Pieces<T> {
  const pieces: (readonly T[])[] = [];
  let start = 0;
  sorted.forEach((item, i) => {
    if (!isLastOfPiece(textOf(item)) && i < sorted.length - 1) return;
    pieces.push(sorted.slice(start, i + 1));
    start = i + 1;
  });
  return pieces;
}

/** Tells whether a piece ends with an item, whatever else is in the list. */
export function isLastOfPiece(text: string): boolean {
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash ^ hash >>> 15) % usual === 0;
}
