// This module is pure.

/** nft refuses comments of more bytes than this. */
const maxBytes = 128;

/**
 * Makes a comment of any text: what could end the quotes or the line is replaced, and what is too
 * long is cut at its end, where the least important part stands.
 */
export function comment(text: string): string | undefined {
  const clean = text.slice(0, maxBytes + 1).replaceAll(/[^\x20-\x7e]|["\\]/g, "?");
  if (clean === "") return undefined;
  return clean.length <= maxBytes ? clean : `${clean.slice(0, maxBytes - 3)}...`;
}
